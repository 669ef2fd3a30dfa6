/** What is written from the right, or turns text around. */
const TURNS =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** Somebody else's words within a sentence, so that they don't turn around what stands beside them. */
export const apart = (text: string) => (TURNS.test(text) ? `\u2068${text}\u2069` : text)
