/** Where peers are: regions for a latency matrix, coordinates for distances over the globe. */
import type { RandomStream } from '../clock/random.ts';

export interface PeerPlaces {
  /** Region index by peer. */
  readonly regions: Uint8Array;
  /** Great-circle distance, km. */
  distanceKm(from: number, to: number): number;
}

export interface Region {
  readonly name: string;
  /** Degrees. */
  readonly latitude: number;
  readonly longitude: number;
  /** Share of the peers, relative to the other regions'. */
  readonly weight: number;
  /** How far its peers lie around the centre, km. */
  readonly radiusKm: number;
}

/** Mean radius of the earth, km (IUGG). */
const earthRadiusKm = 6371;
/** Length of a degree of latitude, km. */
const kmPerDegree = 111.2;

/** Four data-centre regions in usual use, of equal weight. */
export const fourRegions: readonly Region[] = [
  { name: 'us-east', latitude: 38.9, longitude: -77.0, weight: 1, radiusKm: 200 },
  { name: 'us-west', latitude: 45.8, longitude: -119.7, weight: 1, radiusKm: 200 },
  { name: 'eu-west', latitude: 53.3, longitude: -6.3, weight: 1, radiusKm: 200 },
  { name: 'ap-southeast', latitude: 1.3, longitude: 103.8, weight: 1, radiusKm: 200 },
];

/** Put each peer into a region, by weight, at a uniform place within its radius. */
export function placePeers(peerCount: number, regions: readonly Region[], random: RandomStream): PeerPlaces {
  const regionOf = new Uint8Array(peerCount);
  const latitude = new Float64Array(peerCount);
  const longitude = new Float64Array(peerCount);
  const total = regions.reduce((sum, region) => sum + region.weight, 0);
  for (let peer = 0; peer < peerCount; peer++) {
    const index = drawRegion(regions, random.unit() * total);
    const region = regions[index]!;
    const distance = (region.radiusKm * Math.sqrt(random.unit())) / kmPerDegree;
    const angle = 2 * Math.PI * random.unit();
    regionOf[peer] = index;
    latitude[peer] = region.latitude + distance * Math.sin(angle);
    longitude[peer] = region.longitude + (distance * Math.cos(angle)) / Math.cos(toRadians(region.latitude));
  }
  return {
    regions: regionOf,
    distanceKm: (a, b) => measureKm(latitude[a]!, longitude[a]!, latitude[b]!, longitude[b]!),
  };
}

function drawRegion(regions: readonly Region[], mark: number): number {
  let sum = 0;
  for (let index = 0; index < regions.length; index++) {
    sum += regions[index]!.weight;
    if (mark < sum) return index;
  }
  return regions.length - 1;
}

/** The haversine formula (Sinnott 1984). */
export function measureKm(
  latitudeA: number,
  longitudeA: number,
  latitudeB: number,
  longitudeB: number,
): number {
  const a = toRadians(latitudeA);
  const b = toRadians(latitudeB);
  const half =
    Math.sin((b - a) / 2) ** 2 +
    Math.cos(a) * Math.cos(b) * Math.sin(toRadians(longitudeB - longitudeA) / 2) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(half)));
}

function toRadians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
