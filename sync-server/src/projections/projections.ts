/** Brings the read models after the log. */
export interface Projections {
  /** Projects all there is, of one park or of all, and returns when it is done. */
  projectNow(park?: string): Promise<void>;
  /** Follows the log until `stop`. */
  run(): Promise<void>;
  stop(): Promise<void>;
}
