/** Refusals that say nothing about a message: none is taken just now. It is sent again by itself. */
const TROUBLE = new Set<string>(['log_failed', 'disk_full', 'log_damaged', 'stopping', 'slow_mode'])

/** Whether a refusal is the host's trouble, which passes, and not the message's fault, which doesn't. */
export const isTrouble = (code: string): boolean => TROUBLE.has(code)
