/** Other processes may take this part of a core during a measurement; more of it shows in the figures. */
const QUIET = 0.1;

/** Measurements are made again when the machine did other things meanwhile, but only so often in all. */
export class Patience {
  #left;

  /** @param {number} retries */
  constructor(retries) {
    this.#left = retries;
  }

  /**
   * The quietest of the measurements that there was patience for.
   * @template {{ othersBusy: number }} M
   * @param {() => Promise<M>} measure
   * @returns {Promise<M>}
   */
  async quietest(measure) {
    let best = await measure();
    while (best.othersBusy > QUIET && this.#left > 0) {
      this.#left--;
      const again = await measure();
      if (again.othersBusy < best.othersBusy) best = again;
    }
    return best;
  }
}
