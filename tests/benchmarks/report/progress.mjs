/** One line on stderr that says what is being done: rewritten on a terminal, otherwise a line a step. */
export class Progress {
  #isTerminal = process.stderr.isTTY === true;

  /** @param {string} what */
  step(what) {
    process.stderr.write(this.#isTerminal ? `\r\u001b[K${what}` : `${what}\n`);
  }

  end() {
    if (this.#isTerminal) process.stderr.write('\r\u001b[K');
  }
}
