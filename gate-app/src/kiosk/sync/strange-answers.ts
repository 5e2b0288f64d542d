/** So often in a row such an answer is tried again before what was asked has to wait for the next session. */
const STRANGE_MAX = 3;

/**
 * Answers that are not in the server's own words, to questions about one thing. They judge nothing: the page of a network
 * that wants a log-in ends with the log-in. But something on the way may dislike this one request for ever, and what comes
 * after it must not wait for that (K5).
 */
export interface StrangeAnswers {
  /** @returns whether to ask again first: what is asked for may only be set aside after some more */
  isFirst(): boolean;
  /** The server itself was heard. */
  over(): void;
}

export function createStrangeAnswers(): StrangeAnswers {
  let inARow = 0;
  return {
    isFirst: () => {
      inARow = (inARow + 1) % STRANGE_MAX;
      return inARow > 0;
    },
    over: () => {
      inARow = 0;
    },
  };
}
