import { namesOf } from '../room/people'
import type { RoomState } from '../room/state'
import { apart } from '../text/apart'
import { summary } from '../text/excerpt'
import { read } from '../text/markdown'
import { callsMe } from '../text/mentions'
import type { Event } from '../wire.gen'
import { words } from '../words/words'
import type { Told } from './alerts'
import type { Choice } from './choices'

/** Lines in one notification: more are cut off by most desktops. */
const LINES = 3

/** Of what was said after a place in the log, what somebody wants to be told who chose so. Never their own. */
export function newsIn(state: RoomState, after: number, choice: Choice): Event[] {
  const me = state.you?.member
  if (choice === 'none' || me === undefined) return []
  const said = state.events.filter(
    ({ seq, member, body }) => seq > after && member !== me && body.kind === 'message',
  )
  return choice === 'all' ? said : said.filter((event) => isForMe(state, event))
}

/** Whether a message calls oneself, or answers something one has said. */
function isForMe({ events, members, you }: RoomState, { body }: Event): boolean {
  if (body.kind !== 'message') return false
  const { reply, text } = body
  if (reply !== undefined && events.findLast(({ id }) => id === reply)?.member === you?.member) return true
  return text.includes('@') && callsMe(read(text), namesOf(members, you?.nickname ?? null))
}

/** How news are told: all of them in one, the newest being the one it leads to. Null where nothing is left. */
export function toldOf(
  news: readonly Event[],
  count: number,
  room: string,
  called: (nickname: string) => string,
): Told | null {
  const last = news.at(-1)
  if (!last) return null
  const w = words.value
  if (count === 1) {
    return { title: w.newsOf(apart(called(last.nickname)), apart(room)), body: said(last), message: last.id }
  }
  const lines = news.slice(-LINES).map((event) => `${apart(called(event.nickname))}: ${apart(said(event))}`)
  return {
    title: w.newsOf(w.newMessages(count, false), apart(room)),
    body: lines.join('\n'),
    message: last.id,
  }
}

function said({ body }: Event): string {
  return body.kind === 'message' ? summary(body) : ''
}
