import { words } from '../words/words'

/** What the relay calls people without a nickname, in the reader's language. */
export function called(nickname: string): string {
  return nickname === 'Anonymous' ? words.value.anonymous : nickname
}
