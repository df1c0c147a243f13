/** Tails of two distributions, for p-values; absolute error below 1e-7, far finer than any use made of them. */

/** P(Z > z) of the standard normal, through the incomplete gamma function. */
export function normalTail(z: number): number {
  return z < 0 ? 1 - normalTail(-z) : 0.5 * gammaTail(0.5, (z * z) / 2);
}

/** P(X > x) of chi-squared with `degrees` degrees of freedom. */
export function chiSquaredTail(x: number, degrees: number): number {
  return x <= 0 ? 1 : gammaTail(degrees / 2, x / 2);
}

const termsMax = 500;
const precision = 1e-14;

/** Regularised upper incomplete gamma Q(a, x): series below a + 1, Lentz's continued fraction above. @see Abramowitz and Stegun 6.5 */
function gammaTail(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(-x + a * Math.log(x) - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let total = term;
    for (let n = 1; n < termsMax && term > total * precision; n += 1) {
      term *= x / (a + n);
      total += term;
    }
    return Math.max(0, 1 - total * scale);
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < termsMax; n += 1) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    const step = c * d;
    fraction *= step;
    if (Math.abs(step - 1) < precision) break;
  }
  return Math.min(1, scale * fraction);
}

/** ln Γ(a) for a > 0. @see Lanczos 1964, g = 7 */
function logGamma(a: number): number {
  const weights = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  if (a < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * a)) - logGamma(1 - a);
  const base = a + 6.5;
  const series = weights.reduce((total, weight, index) => total + weight / (a + index), 0.9999999999998099);
  return 0.5 * Math.log(2 * Math.PI) + (a - 0.5) * Math.log(base) - base + Math.log(series);
}
