import type { Job } from './session.ts';

/**
 * Messages that wait for a connection, first come first served; those whose connection broke are
 * served before.
 */
export class JobQueue {
  #jobs: Job[] = [];
  #head = 0;
  #again: Job[] = [];

  get size(): number {
    return this.#again.length + this.#jobs.length - this.#head;
  }

  push(job: Job): void {
    this.#jobs.push(job);
  }

  pushFront(job: Job): void {
    this.#again.push(job);
  }

  /** Takes out those for which it is true. */
  remove(unwanted: (job: Job) => boolean): Job[] {
    const [jobs, again] = [this.#jobs.slice(this.#head), this.#again];
    this.#jobs = jobs.filter((job) => !unwanted(job));
    this.#again = again.filter((job) => !unwanted(job));
    this.#head = 0;
    return [...again, ...jobs].filter(unwanted);
  }

  shift(): Job | undefined {
    if (this.#again.length > 0) return this.#again.pop();
    const job = this.#jobs[this.#head];
    if (job === undefined) return undefined;
    this.#head++;
    // Array.shift() moves all that follow.
    if (this.#head === this.#jobs.length || this.#head > 1024) {
      this.#jobs.splice(0, this.#head);
      this.#head = 0;
    }
    return job;
  }
}
