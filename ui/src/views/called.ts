import { plainName } from '../files/names'
import { apart } from '../text/apart'
import { words } from '../words/words'

/** What the relay calls people without a nickname, in the reader's language. */
export function called(nickname: string): string {
  return nickname === 'Anonymous' ? words.value.anonymous : nickname
}

/** The same within a sentence, which a name from the right would turn around. */
export const named = (nickname: string) => apart(called(nickname))

/** A file's name within one. */
export const namedFile = (name: string) => apart(plainName(name))
