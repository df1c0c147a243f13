/** How much one peer may send: a bucket that fills at a steady rate and holds a burst. */

export interface TokenBucketInit {
  readonly perSecond: number;
  readonly burst: number;
}

export class TokenBucket {
  readonly #init: TokenBucketInit;
  #tokens: number;
  #filledAtMs: number;

  constructor(init: TokenBucketInit, nowMs: number) {
    this.#init = init;
    this.#tokens = init.burst;
    this.#filledAtMs = nowMs;
  }

  /** Take `count` tokens if they are there. */
  take(count: number, nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }

  /** Take `count` tokens even when they are not there; the answer is how long to wait until they would be, ms. */
  takeInAdvance(count: number, nowMs: number): number {
    this.#fill(nowMs);
    this.#tokens -= count;
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens * 1_000) / this.#init.perSecond);
  }

  #fill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#filledAtMs = nowMs;
    this.#tokens = Math.min(this.#init.burst, this.#tokens + (elapsedMs * this.#init.perSecond) / 1_000);
  }
}
