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

export interface News {
  /** What somebody wants to be told. */
  told: Event[]
  /** What they want to be told if it answers something they said, which isn't known here. */
  perhaps: Event[]
}

/** Of what was said after a place in the log, what somebody wants to be told who chose so. Never their own. */
export function newsIn(state: RoomState, after: number, choice: Choice): News {
  const me = state.you?.member
  if (choice === 'none' || me === undefined) return { told: [], perhaps: [] }
  const said = state.events.filter(
    ({ seq, member, body }) => seq > after && member !== me && body.kind === 'message',
  )
  if (choice === 'all') return { told: said, perhaps: [] }
  const forMe = said.map((event) => isForMe(state, event))
  return {
    told: said.filter((_, at) => forMe[at] === true),
    perhaps: said.filter((_, at) => forMe[at] === null),
  }
}

/** The id of what a message answers. */
export const answered = ({ body }: Event): string | undefined =>
  body.kind === 'message' ? body.reply : undefined

/** Whether a message calls oneself, or answers something one has said; null where the latter isn't known. */
function isForMe({ events, island, members, you }: RoomState, event: Event): boolean | null {
  const { body } = event
  if (body.kind !== 'message') return false
  if (body.text.includes('@') && callsMe(read(body.text), namesOf(members, you?.nickname ?? null)))
    return true
  const of = answered(event)
  if (of === undefined) return false
  const first = events.findLast(({ id }) => id === of) ?? island?.find(({ id }) => id === of)
  return first ? first.member === you?.member : null
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
