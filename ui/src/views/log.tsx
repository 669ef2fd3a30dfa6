import { useComputed } from '@preact/signals'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { messageIn, messageLink } from '../room/invite'
import { stretchOf } from '../room/pages'
import { namesOf } from '../room/people'
import type { Room } from '../room/room'
import { rowsByDay } from '../room/rows'
import { dividerIn, unreadIn } from '../room/unread'
import { apart } from '../text/apart'
import type { Event } from '../wire.gen'
import { dayName } from '../words/time'
import { words } from '../words/words'
import { named } from './called'
import { Drawn } from './drawn'
import { Empty } from './empty'
import { goOn, toComposer } from './focus'
import { Icon } from './icon'
import { later } from './later'
import { hasEarlier, linesIn, linesOf } from './log-window'
import { Reading } from './reading'
import { Rows } from './rows'
import { Sought } from './sought'
import { Viewport } from './viewport'

/** None of them is in the first picture. */
const Viewer = later(() => import('./viewer'))
const GoToDay = later(() => import('./go-to-day'))
const Who = later(() => import('./who'))
const Removing = later(() => import('./remove'))

interface LogProps {
  room: Room
  /** Null where a plain link already does the right thing. */
  openLink: ((url: string) => void) | null
  /** The link to the room, without what lets one in. */
  link: string
  /** Whether it really is on the clipboard now. */
  copy: (text: string) => Promise<boolean>
  invite: () => void
}

/**
 * The log of a room. It is drawn by a component of its own: where one stands among others, Preact keeps what it drew
 * first for as long as those around it aren't drawn anew, and rows that stay the same lead from there to every row
 * that was ever beside them.
 */
export function Log(props: LogProps) {
  return <LogFrame {...props} />
}

function LogFrame({ room, openLink, link, copy, invite }: LogProps) {
  const inside = useRef<HTMLDivElement>(null)
  const view = useMemo(() => new Viewport(room), [room])

  const state = room.state.value
  const stretch = stretchOf(state)
  const live = state.island === null
  const lines = useMemo(() => linesOf(stretch), [stretch])
  view.moved.value // Scrolling moves the window without the room changing.
  const part = view.part(lines, room.reader.goal.value)
  const atBottom = view.atBottom.value

  const [removing, setRemoving] = useState<Event | null>(null)
  const [viewing, setViewing] = useState<{ id: string; at: number } | null>(null)
  /** The message about which it is asked who reacted. */
  const [asking, setAsking] = useState<string | null>(null)
  const endAsking = useCallback(() => setAsking(null), [])
  const endViewing = useCallback(() => setViewing(null), [])
  /** The day from which another one is looked for. */
  const [dating, setDating] = useState<number | null>(null)
  const endDating = useCallback(() => setDating(null), [])
  const rows = useMemo(() => new Rows(), [])
  const online = useComputed(() => room.connection.value.state === 'online')
  // In steps, so that what is said doesn't count as a change of who is here.
  const members = useComputed(() => room.state.value.members)
  const own = useComputed(() => room.state.value.you?.nickname ?? null)
  const names = useComputed(() => namesOf(members.value, own.value))
  const reading: Reading = useMemo(
    () => ({
      openLink,
      follow: (url, beside) => {
        const id = beside ? null : messageIn(url, room.state.peek().room?.id ?? '')
        if (id !== null) room.goTo({ id })
        else if (openLink) openLink(url)
        else return false
        return true
      },
      acts: {
        get me() {
          return room.state.peek().you?.member ?? null
        },
        get host() {
          return room.state.peek().you?.host ?? false
        },
        find: (id) => room.find(id),
        findQuoted: (id) => room.reader.findQuoted(id),
        nameOf: (member) => named(room.nameOf(member)),
        goTo: (id) => room.goTo({ id }),
        answer: ({ id }) => {
          room.draft.answer(id)
          toComposer()
        },
        edit: ({ id, body }) => {
          if (body.kind !== 'message') return
          room.draft.edit(id, body.text)
          toComposer()
        },
        remove: (event) => setRemoving(event),
        react: ({ id }, emoji, on) => room.outgoing.react(id, emoji, on),
        who: ({ id }) => setAsking(id),
        view: ({ id }, at) => setViewing({ id, at }),
        previews: (id) => room.attachments.uploads.peek()?.previews(id) ?? [],
        linkTo: ({ id }) => messageLink(link, id),
      },
      copy,
      files: room.files,
      online,
      names,
      pointed: rows.pointed,
      focused: rows.focused,
      stop: rows.stop,
      marked: view.marked,
      hold: () => view.hold(),
    }),
    [openLink, link, copy, names, rows, view, room, online],
  )

  rows.note()
  useLayoutEffect(() => {
    view.settle()
    if (view.element) rows.settle(view.element)
  })

  useEffect(() => {
    const { element } = view
    if (!element || !inside.current) return
    const observer = new ResizeObserver(() => view.resized())
    observer.observe(element)
    observer.observe(inside.current)
    return () => {
      observer.disconnect()
      view.stop()
    }
  }, [view])

  useEffect(() => room.reader.forget(part.from, part.to))

  const me = state.you?.member ?? null
  const tail = live && part.to === Number.POSITIVE_INFINITY
  const divider = room.bookmark.divider.value
  const from = useMemo(
    () => divider && dividerIn(stretch, divider, state.you?.member),
    [divider, stretch, state.you],
  )
  const days = rowsByDay(linesIn(lines, part), state.notices, state.pending, me, tail, from)
  const empty = state.cursor === 0 && state.pending.length === 0
  const begins = !hasEarlier(lines, part) && (live ? state.complete : stretch[0]?.seq === 1)
  const w = words.value

  return (
    <div class="log-frame">
      <Reading.Provider value={reading}>
        {removing && (
          <Removing.View
            event={removing}
            own={removing.member === me}
            close={() => setRemoving(null)}
            remove={() => {
              room.outgoing.delete(removing.id)
              setRemoving(null)
            }}
          />
        )}
        {asking !== null && <Who.View room={room} id={asking} close={endAsking} />}
        {viewing && <Viewer.View room={room} start={viewing} close={endViewing} />}
      </Reading.Provider>
      <div
        class="log"
        ref={view.mount}
        role="log"
        aria-label={w.log}
        // Older rows are no news: only what is said at the end is read out.
        aria-busy={room.reader.loading.value !== null || !tail || view.turning.value}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard has to be able to scroll it
        tabIndex={0}
        data-testid="log"
        onScroll={view.look}
        onPointerOver={rows.pointerOver}
        onPointerLeave={rows.pointerLeave}
        onClick={rows.click}
        onFocusIn={rows.focusIn}
        onFocusOut={rows.focusOut}
        onKeyDown={rows.keyDown}
      >
        <div class={empty ? 'log-inside is-empty' : 'log-inside'} ref={inside}>
          {room.reader.loading.value === 'before' && <p class="log-loading">{w.loadingHistory}</p>}
          {begins && state.cursor > 0 && (
            <p class="beginning">{w.beginning(apart(state.room?.name ?? ''))}</p>
          )}
          {empty && <Empty hosted={room.hosted} host={state.you?.host ?? room.hosted} invite={invite} />}
          <Reading.Provider value={reading}>
            {days.map((day) => (
              <section class="day" key={day.day}>
                <h2 class="day-name">
                  <button
                    type="button"
                    aria-haspopup="dialog"
                    title={w.goToDay}
                    data-testid="day"
                    onClick={() => setDating(day.at)}
                  >
                    {dayName(day.at, Date.now())}
                  </button>
                </h2>
                {day.rows.map((row) => (
                  <Drawn key={row.key} row={row} room={room} me={me} />
                ))}
              </section>
            ))}
          </Reading.Provider>
        </div>
      </div>
      {!atBottom && <ToNewest room={room} />}
      <Sought room={room} />
      {dating !== null && <GoToDay.View room={room} from={dating} close={endDating} />}
    </div>
  )
}

/** Leads to the newest, and tells how much is new there. */
function ToNewest({ room }: { room: Room }) {
  const { count, more } = unreadIn(room.state.value, room.bookmark.read.value)
  const w = words.value
  return (
    <button
      type="button"
      class="to-newest"
      data-testid="to-newest"
      onClick={() => {
        room.reader.goToNewest()
        goOn()
      }}
    >
      <Icon name="down" size={16} />
      {count > 0 ? w.newMessages(count, more) : <span class="for-readers">{w.toNewest}</span>}
    </button>
  )
}
