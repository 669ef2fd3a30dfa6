/** Refusals that say nothing about a message: the host can't take any just now. It is sent again by itself. */
const TROUBLE = new Set<string>(['log_failed', 'disk_full', 'log_damaged', 'stopping'])

/** Whether a refusal is the host's trouble, which passes, and not the message's fault, which doesn't. */
export const isTrouble = (code: string): boolean => TROUBLE.has(code)
