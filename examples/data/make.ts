/**
 * Makes the example data: `node examples/data/make.ts`. Synthetic and seeded, so that every planted fact below is
 * known; the README of this folder lists them, and a test finds them again in the agents' answers.
 */
import { writeFileSync } from 'node:fs';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

const seed = 20_260_401;
const generator = xoroshiro128plus(seed);
const dayMs = 86_400_000;

function draw(): number {
  return uniformFloat64(generator);
}

/** Standard normal. @see Box and Muller 1958 */
function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(draw() * list.length)]!;
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

const regions = { north: 1, south: 1.05, east: 0.95, west: 0.62 };
const products = { lemonade: 2.4, coffee: 3.8, tea: 2.9, water: 1.2, juice: 3.1 };

/** A drinks wholesaler, January 2024 to June 2025, two orders a day. */
function makeSales(): string {
  const lines = ['order_id,date,region,product,units,unit_price,ad_spend,temperature_c,revenue'];
  const first = Date.UTC(2024, 0, 1);
  const days = (Date.UTC(2025, 6, 1) - first) / dayMs;
  for (let order = 0; order < days * 2; order += 1) {
    const at = first + Math.floor(order / 2) * dayMs;
    const day = isoDay(at);
    const region = pick(Object.keys(regions) as (keyof typeof regions)[]);
    const product = pick(Object.keys(products) as (keyof typeof products)[]);
    const temperature = 11 - 10 * Math.cos(((at - first) / dayMs / 365.25) * 2 * Math.PI) + 2.5 * normal();
    const adSpend = Math.max(5, 60 + 22 * normal());
    const growth = 1 + 0.3 * ((at - first) / dayMs / 365.25); // planted: +30 % a year
    const campaign = day.startsWith('2024-11') ? 2.2 : 1; // planted: November 2024
    const heat = product === 'lemonade' ? 1 + Math.max(0, temperature - 10) / 18 : 1;
    const base = 14 + 0.55 * adSpend; // planted: advertising drives units
    const units = Math.max(1, Math.round(base * growth * campaign * heat * regions[region] * (1 + 0.12 * normal())));
    const price = products[product] * (1 + 0.03 * normal());
    const typo = order === 700 ? 100 : 1; // planted: one price without its decimal point
    const unitPrice = (price * typo).toFixed(typo === 1 ? 2 : 0);
    const revenue = (units * Number(unitPrice)).toFixed(2);
    const sensorOut = day >= '2024-07-08' && day <= '2024-07-28'; // planted: three weeks without a thermometer
    const missing = sensorOut || draw() < 0.01 ? '' : temperature.toFixed(1);
    lines.push([`A${String(10_000 + order)}`, day, region, product, units, unitPrice, adSpend.toFixed(2), missing, revenue].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** A cold room's sensors as a German logger writes them: semicolons, decimal commas, hourly, one fault. */
function makeSensors(): string {
  const lines = ['\ufeffZeit;Sensor;Temperatur °C;Feuchte %;Strom kW'];
  const first = Date.UTC(2025, 2, 3);
  const comma = (value: number, digits: number): string => value.toFixed(digits).replace('.', ',');
  for (let hour = 0; hour < 24 * 21; hour += 1) {
    const at = new Date(first + hour * 3_600_000);
    const day = `${String(at.getUTCDate()).padStart(2, '0')}.${String(at.getUTCMonth() + 1).padStart(2, '0')}.2025`;
    const doorOpen = hour >= 290 && hour < 296; // planted: 15 March 2025, 02:00 to 07:00
    for (const sensor of ['Kühlraum A', 'Kühlraum B']) {
      const temperature = 3.5 + (sensor.endsWith('B') ? 0.9 : 0) + 0.25 * normal() + (doorOpen && sensor.endsWith('A') ? 9 : 0);
      const power = 1.1 + 0.35 * (temperature - 3.5) + 0.05 * normal();
      const humidity = 78 + 2 * normal();
      lines.push([`${day} ${String(at.getUTCHours()).padStart(2, '0')}:00`, sensor, comma(temperature, 2), draw() < 0.02 ? 'n/a' : comma(humidity, 1), comma(power, 3)].join(';'));
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}

const here = new URL('./', import.meta.url);
writeFileSync(new URL('sales.csv', here), makeSales());
writeFileSync(new URL('cold-room.csv', here), makeSensors());
