/** A handful of cities, as a travel desk without a network knows them: places, areas, prices from memory (2025, rounded). */

export interface City {
  readonly name: string;
  readonly also: readonly string[];
  readonly airport: string;
  /** Degrees north and east, for distances. */
  readonly at: readonly [number, number];
  /** UTC offset in winter, in hours. */
  readonly offsetHours: number;
  readonly currency: string;
  readonly areas: readonly { readonly name: string; readonly nightEuro: number; readonly good: string }[];
  readonly sights: readonly { readonly name: string; readonly area: string; readonly hours: number }[];
  readonly advice: readonly string[];
}

export const cities: readonly City[] = [
  {
    name: 'New York',
    also: ['nyc', 'new york city', 'manhattan'],
    airport: 'JFK',
    at: [40.64, -73.78],
    offsetHours: -5,
    currency: 'USD',
    areas: [
      { name: 'Midtown', nightEuro: 260, good: 'close to trains and theatres' },
      { name: 'Lower East Side', nightEuro: 215, good: 'food and bars, quieter on weekdays' },
      { name: 'Long Island City', nightEuro: 150, good: 'one stop from Midtown, cheaper' },
    ],
    sights: [
      { name: 'Metropolitan Museum', area: 'Upper East Side', hours: 4 },
      { name: 'Central Park', area: 'Upper East Side', hours: 2 },
      { name: 'High Line and Chelsea', area: 'Chelsea', hours: 3 },
      { name: 'Statue of Liberty ferry', area: 'Downtown', hours: 4 },
      { name: 'Brooklyn Bridge and DUMBO', area: 'Downtown', hours: 3 },
      { name: 'Tenement Museum', area: 'Lower East Side', hours: 2 },
    ],
    advice: [
      'From JFK the AirTrain and the E train take about 50 minutes to Midtown.',
      'Subway fares cap after twelve rides a week.',
      'Travellers without a visa need an ESTA.',
    ],
  },
  {
    name: 'London',
    also: [],
    airport: 'LHR',
    at: [51.47, -0.45],
    offsetHours: 0,
    currency: 'GBP',
    areas: [
      { name: 'Bloomsbury', nightEuro: 190, good: 'museums on foot' },
      { name: 'Shoreditch', nightEuro: 165, good: 'food and music' },
    ],
    sights: [
      { name: 'British Museum', area: 'Bloomsbury', hours: 3 },
      { name: 'Tower of London', area: 'City', hours: 3 },
      { name: 'South Bank and Tate Modern', area: 'South Bank', hours: 3 },
    ],
    advice: [
      'The Elizabeth line takes 35 minutes from Heathrow.',
      'Pay with a contactless card; fares cap by day.',
    ],
  },
  {
    name: 'Paris',
    also: [],
    airport: 'CDG',
    at: [49.01, 2.55],
    offsetHours: 1,
    currency: 'EUR',
    areas: [
      { name: 'Le Marais', nightEuro: 200, good: 'old streets, central' },
      { name: 'Canal Saint-Martin', nightEuro: 140, good: 'cafés, younger' },
    ],
    sights: [
      { name: 'Louvre', area: 'Centre', hours: 4 },
      { name: "Musée d'Orsay", area: 'Left Bank', hours: 3 },
      { name: 'Montmartre', area: 'Montmartre', hours: 3 },
    ],
    advice: ['RER B takes 35 minutes from Charles de Gaulle.', 'Book the Louvre for a fixed hour.'],
  },
  {
    name: 'Berlin',
    also: [],
    airport: 'BER',
    at: [52.37, 13.5],
    offsetHours: 1,
    currency: 'EUR',
    areas: [
      { name: 'Mitte', nightEuro: 130, good: 'museums on foot' },
      { name: 'Neukölln', nightEuro: 90, good: 'food, cheaper' },
    ],
    sights: [
      { name: 'Museum Island', area: 'Mitte', hours: 4 },
      { name: 'Wall Memorial', area: 'Mitte', hours: 2 },
      { name: 'Tempelhof Field', area: 'Neukölln', hours: 2 },
    ],
    advice: ['The airport train takes 30 minutes.'],
  },
  {
    name: 'Tokyo',
    also: [],
    airport: 'HND',
    at: [35.55, 139.78],
    offsetHours: 9,
    currency: 'JPY',
    areas: [
      { name: 'Asakusa', nightEuro: 95, good: 'temples, quiet' },
      { name: 'Shinjuku', nightEuro: 140, good: 'trains everywhere' },
    ],
    sights: [
      { name: 'Sensō-ji', area: 'Asakusa', hours: 2 },
      { name: 'Meiji shrine', area: 'Shibuya', hours: 2 },
      { name: 'Tsukiji outer market', area: 'Ginza', hours: 2 },
    ],
    advice: ['A Suica card pays trains and shops.', 'The monorail takes 20 minutes from Haneda.'],
  },
];

/** The cities a sentence names, in its order. */
export function citiesIn(text: string): City[] {
  const lower = ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
  const place = (city: City): number => {
    const found = [city.name.toLowerCase(), ...city.also]
      .map((name) => lower.indexOf(` ${name} `))
      .filter((at) => at >= 0);
    return found.length === 0 ? -1 : Math.min(...found);
  };
  return cities.filter((city) => place(city) >= 0).sort((a, b) => place(a) - place(b));
}

/** Nights a sentence asks for; three when it does not say. */
export function nightsIn(text: string): number {
  const told = /(\d{1,2})[ -]?(night|day|week)s?/i.exec(text);
  if (told === null) return 3;
  const count = Number(told[1]) * (told[2]!.toLowerCase() === 'week' ? 7 : 1);
  return Math.max(1, Math.min(28, count));
}
