import type { Reaction } from '../wire.gen'
import { nameList } from '../words/time'
import { words } from '../words/words'

/**
 * Who put an emoji to a message: oneself first, `named` of them by name. Whoever isn't here and of whom nothing is
 * known is counted among the others.
 */
export function reactors(
  { members }: Reaction,
  me: string | null,
  nameOf: (member: string) => string,
  named?: number,
): string {
  const others = members.filter((member) => member !== me)
  const known = others.map(nameOf).filter((name) => name !== '')
  const names = others.length < members.length ? [words.value.reactedYou, ...known] : known
  return nameList(names, named, others.length - known.length)
}
