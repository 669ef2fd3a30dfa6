import type { Presence } from '../wire.gen'
import type { Notice, RoomState } from './state'

/** Notices of one kind this close together, with nothing said in between, are told as one. */
const GATHER_MS = 5 * 60_000
/** Whoever is back this soon was never gone: a reload, a lift, another Wi-Fi. */
const BACK_MS = 60_000
/** Among so many events what was done about somebody is told of them who leave now. */
const RECENT = 20
/** Notices live in memory only, and only the newest matter. */
const MOST = 200

let keys = 0

/** The notices after a change in who is here. */
export function noticed(state: RoomState, presence: Presence, now: number): readonly Notice[] {
  const me = state.you?.member
  // In a very large room only some are known by name: a stranger may have been here all along.
  const strangersAreNews = state.count <= state.members.size
  let notices = state.notices
  const add = (kind: Notice['kind'], person: Notice['people'][number]) => {
    notices = gathered(notices, { key: 0, kind, at: now, after: state.cursor, people: [person] })
  }

  for (const member of presence.left) {
    const nickname = state.members.get(member)
    if (member !== me && nickname !== undefined && !wasPutOut(state, member))
      add('left', { member, nickname })
  }
  for (const { member, nickname } of presence.joined) {
    const was = state.members.get(member)
    if (was !== undefined) {
      if (was !== nickname) add('renamed', { member, nickname, was })
    } else if (member !== me && strangersAreNews) {
      const { before } = state
      if (before?.members.has(member) && now - before.at < BACK_MS) continue
      const back = withoutLeaving(notices, member, state.cursor, now)
      if (back) notices = back
      else add('joined', { member, nickname })
    }
  }
  return notices.length > MOST ? notices.slice(-MOST) : notices
}

/** Whether the log says so, as one of the last things, and they haven't come since: why they left is told already. */
function wasPutOut({ events, notices }: RoomState, member: string): boolean {
  const out = events.slice(-RECENT).findLast(({ body }) => {
    if (body.kind !== 'measure' || body.what !== 'member' || body.of !== member) return false
    return body.deed === 'removed' || body.deed === 'banned'
  })
  const cameSince = ({ kind, after, people }: Notice) =>
    kind === 'joined' && out !== undefined && after >= out.seq && people.some((it) => it.member === member)
  return out !== undefined && !notices.some(cameSince)
}

/** What there is to tell once the host has another log: where the old notices belonged is gone with the old one. */
export function replaced(cursor: number, now: number): readonly Notice[] {
  return [{ key: ++keys, kind: 'replaced', at: now, after: cursor, people: [] }]
}

/** What one is called here where that isn't what one wanted to be: somebody else is, or one is to say nothing by it. */
export function calledOtherwise(state: RoomState, now: number): readonly Notice[] {
  const { you, cursor, notices } = state
  if (!you) return notices
  const people = [{ member: you.member, nickname: you.nickname }]
  return gathered(notices, { key: 0, kind: 'called', at: now, after: cursor, people })
}

/** One more notice, told together with the last one where that says the same thing. */
function gathered(notices: readonly Notice[], notice: Notice): readonly Notice[] {
  const last = notices.at(-1)
  const person = notice.people[0]
  if (!last || !person || last.after !== notice.after || notice.at - last.at > GATHER_MS) {
    return [...notices, { ...notice, key: ++keys }]
  }
  if (last.kind === 'renamed' && notice.kind === 'renamed') {
    // Someone trying out names: from the first to the last one.
    const before = last.people[0]
    if (before?.member !== person.member) return [...notices, { ...notice, key: ++keys }]
    const rest = notices.slice(0, -1)
    if (before.was === person.nickname) return rest
    return [...rest, { ...last, at: notice.at, people: [{ ...person, was: before.was ?? person.nickname }] }]
  }
  if (last.kind !== notice.kind) return [...notices, { ...notice, key: ++keys }]
  const people = [...last.people.filter((it) => it.member !== person.member), person]
  return [...notices.slice(0, -1), { ...last, at: notice.at, people }]
}

/** The notices without "Mina left", if Mina left just now and nothing was said since. */
function withoutLeaving(
  notices: readonly Notice[],
  member: string,
  cursor: number,
  now: number,
): readonly Notice[] | null {
  for (let at = notices.length - 1; at >= 0; at -= 1) {
    const notice = notices[at]
    if (!notice || notice.after !== cursor || now - notice.at > BACK_MS) return null
    if (notice.kind !== 'left' || !notice.people.some((it) => it.member === member)) continue
    const people = notice.people.filter((it) => it.member !== member)
    const rest = people.length > 0 ? [{ ...notice, people }] : []
    return [...notices.slice(0, at), ...rest, ...notices.slice(at + 1)]
  }
  return null
}
