/** Three who make a journey together: flights, hotels, and somebody who knows the place. None plans alone. */
import { tableOf } from '../work/markdown.ts';
import { type City, cities, citiesIn, nightsIn } from './cities.ts';
import { cannot, createTrade, type TradeAnswer } from './trade.ts';

const travelPhrases = [
  'book travel to NYC',
  'plan a trip to a city',
  'organise a journey with flight and hotel',
];

export const flights = createTrade({
  name: 'flights',
  kind: 'flight',
  capability: 'Find flights: routes, duration, arrival time and typical fares between cities.',
  tags: ['travel', 'flight', 'airline'],
  phrases: [...travelPhrases, 'find a cheap flight'],
  offer: 'I find the flight: duration, local arrival, usual fare',
  answer: answerFlight,
});

/** Great-circle distance in kilometres. */
export function distanceKm([lat1, lon1]: City['at'], [lat2, lon2]: City['at']): number {
  const rad = Math.PI / 180;
  const a =
    Math.sin(((lat2 - lat1) * rad) / 2) ** 2 +
    Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 2 * 6371 * Math.asin(Math.sqrt(a));
}

/** Cruise of a jet, and what taxi, climb and descent add (usual block times). */
const cruiseKmPerHour = 850;
const groundHours = 0.6;

function answerFlight(intent: string): TradeAnswer {
  const named = citiesIn(intent);
  const to = named.at(-1);
  if (to === undefined)
    return cannot('Flights', `name one of ${cities.map((city) => city.name).join(', ')}.`);
  const from =
    named.length > 1
      ? named[0]!
      : cities.find((city) => city.name === (to.name === 'Berlin' ? 'London' : 'Berlin'))!;
  const km = distanceKm(from.at, to.at);
  const hours = km / cruiseKmPerHour + groundHours;
  const departs = 10;
  const arrives = (((departs + hours + to.offsetHours - from.offsetHours) % 24) + 24) % 24;
  const fareEuro = Math.round((60 + km * 0.075) / 5) * 5;
  const clock = `${String(Math.floor(arrives)).padStart(2, '0')}:${String(Math.floor((arrives % 1) * 60)).padStart(2, '0')}`;
  return {
    title: `${from.airport} to ${to.airport}`,
    markdown: `${from.name} (${from.airport}) to ${to.name} (${to.airport}): ${Math.round(km)} km, about ${hours.toFixed(1)} h. Leaving at 10:00 you land at about ${clock} local time. Usual return fare around ${fareEuro * 2} euros.${named.length > 1 ? '' : ` (From ${from.name}, since no start was named.)`}\n\nFrom a small table and the great circle; check a timetable before you pay.`,
    data: {
      city: to.name,
      from: from.name,
      kilometres: Math.round(km),
      hours: Number(hours.toFixed(1)),
      arrives: clock,
      returnFareEuro: fareEuro * 2,
    },
  };
}

export const hotels = createTrade({
  name: 'hotels',
  kind: 'hotel',
  capability: 'Find hotels: areas of a city, price per night and total for a stay.',
  tags: ['travel', 'hotel', 'accommodation'],
  phrases: [...travelPhrases, 'find a hotel for some nights'],
  offer: 'I find where to stay, and what it costs',
  heeds: ['guide'],
  answer: (intent, heard) => {
    const city = citiesIn(intent).at(-1);
    if (city === undefined)
      return cannot('Hotels', `name one of ${cities.map((each) => each.name).join(', ')}.`);
    const nights = nightsIn(intent);
    const advised = heard.findLast((each) => each.kind === 'guide')?.data.area;
    const areas = [...city.areas].sort(
      (a, b) => Number(b.name === advised) - Number(a.name === advised) || a.nightEuro - b.nightEuro,
    );
    const rows = areas.map((area) => [
      area.name,
      area.good,
      `${area.nightEuro}`,
      `${area.nightEuro * nights}`,
    ]);
    return {
      title: `Where to stay in ${city.name}`,
      markdown: `${tableOf(['area', 'good for', 'euros a night', `euros for ${nights} nights`], rows)}\n\n${advised === areas[0]!.name ? `${advised} first, as the guide advises.` : 'Cheapest first.'}`,
      data: { city: city.name, nights, area: areas[0]!.name, totalEuro: areas[0]!.nightEuro * nights },
    };
  },
});

export const guide = createTrade({
  name: 'guide',
  kind: 'guide',
  capability: 'Local knowledge of cities: what to see, where to stay, how to get around, day by day plan.',
  tags: ['travel', 'guide', 'city', 'itinerary'],
  phrases: ['what to see and do in a city', 'local tips and a day by day itinerary', 'plan a trip to a city'],
  offer: 'I know the place: what to see, how to get around, a plan by day',
  buildsOn: ['flight', 'hotel'],
  reviews: ['flight', 'hotel'],
  doubt: (heard, intent) => {
    const city = citiesIn(intent).at(-1);
    if (city === undefined) return null;
    if (heard.data.city !== city.name)
      return `The journey is to ${city.name}, not to ${String(heard.data.city)}.`;
    const isKnown = heard.kind !== 'hotel' || city.areas.some((area) => area.name === heard.data.area);
    return isKnown ? null : `${String(heard.data.area)} is no area of ${city.name} that I know.`;
  },
  answer: (intent, heard) => {
    const city = citiesIn(intent).at(-1);
    if (city === undefined)
      return cannot('Guide', `name one of ${cities.map((each) => each.name).join(', ')}.`);
    const flight = heard.findLast((each) => each.kind === 'flight')?.data;
    const hotel = heard.findLast((each) => each.kind === 'hotel')?.data;
    const days = planDays(city, nightsIn(intent), String(flight?.arrives ?? '12:00'));
    const area = [...city.areas].sort((a, b) => a.nightEuro - b.nightEuro)[
      Math.floor((city.areas.length - 1) / 2)
    ]!.name;
    const lines = days.map(
      (day, index) =>
        `- Day ${index + 1}: ${day.length === 0 ? 'arrive, a walk around the hotel' : day.join('; ')}.`,
    );
    return {
      title: `${city.name}, day by day`,
      markdown: [lines.join('\n'), `Stay in ${area}. ${city.advice.join(' ')}`, costsOf(flight, hotel)]
        .join('\n\n')
        .trim(),
      data: { city: city.name, area, days },
    };
  },
});

type Heard = Readonly<Record<string, unknown>> | undefined;

/** What the journey comes to, as far as the others have said. */
function costsOf(flight: Heard, hotel: Heard): string {
  const parts = [
    ...(typeof flight?.returnFareEuro === 'number'
      ? [{ text: `flight ${flight.returnFareEuro}`, euro: flight.returnFareEuro }]
      : []),
    ...(typeof hotel?.totalEuro === 'number'
      ? [
          {
            text: `${String(hotel.nights)} nights in ${String(hotel.area)} ${hotel.totalEuro}`,
            euro: hotel.totalEuro,
          },
        ]
      : []),
  ];
  if (parts.length === 0) return '';
  return `Together about ${parts.reduce((total, part) => total + part.euro, 0)} euros: ${parts.map((part) => part.text).join(', ')}.`;
}

/** At most seven hours of sights a day, those of one area together; the first day from the landing on. */
function planDays(city: City, nights: number, arrives: string): string[][] {
  const days: string[][] = Array.from({ length: nights }, () => []);
  const left = days.map((_, index) => (index === 0 ? Math.max(0, 19 - Number(arrives.slice(0, 2)) - 2) : 7));
  for (const sight of [...city.sights].sort((a, b) => (a.area < b.area ? -1 : a.area > b.area ? 1 : 0))) {
    const day = left.findIndex((hours) => hours >= sight.hours);
    if (day < 0) continue;
    days[day]!.push(`${sight.name} (${sight.hours} h, ${sight.area})`);
    left[day]! -= sight.hours;
  }
  return days;
}
