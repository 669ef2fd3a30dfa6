/** To where one types. */
export function toComposer(): void {
  document.querySelector<HTMLElement>('.composer textarea')?.focus()
}

/** At a desk, where no keyboard comes up over the room as soon as one could type. */
export const atDesk = () => !matchMedia('(pointer: coarse)').matches

/** For whoever pressed something that is gone in a moment: to where they go on, or the keyboard would begin anew. */
export function goOn(): void {
  if (atDesk()) toComposer()
  else document.querySelector<HTMLElement>('.log')?.focus({ preventScroll: true })
}

/** Whether it was the keyboard that pressed, or what reads the screen, and not a hand that sees where it is. */
export const byKeyboard = ({ detail }: MouseEvent) => detail === 0

/** The message that something is part of. */
export const messageOf = (part: Element) => part.closest<HTMLElement>('.message')
