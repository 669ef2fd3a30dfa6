import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { expected } from '../room/changes'
import { namesOf } from '../room/people'
import type { Room } from '../room/room'
import { type Day, type Row, rowsByDay } from '../room/rows'
import type { OpenLink } from '../text/text'
import type { Event } from '../wire.gen'
import { dayName } from '../words/time'
import { words } from '../words/words'
import { called } from './called'
import { Empty } from './empty'
import { Icon } from './icon'
import { earlier, fitted, type LogWindow, later, newest } from './log-window'
import { Message } from './message'
import { NoticeLine } from './notice'
import { PendingMessage } from './pending'
import { keepPlace, type Place, placeIn } from './place'
import { Reading } from './reading'
import { RemoveDialog } from './remove'
import { Rows } from './rows'

interface LogProps {
  room: Room
  openLink: OpenLink
  /** Whether it really is on the clipboard now. */
  copy: (text: string) => Promise<boolean>
  invite: () => void
}

/** Within this many pixels of the newest message one is at the bottom. */
const BOTTOM = 48
/** This near an end, more is shown there: about two screens, so that it is there before one arrives. */
const NEAR = 1_200

/** How much of it is below what is in sight. */
const below = ({ scrollHeight, scrollTop, clientHeight }: HTMLElement) =>
  scrollHeight - scrollTop - clientHeight

const sizeOf = (element: HTMLElement) =>
  `${element.clientWidth} ${element.clientHeight} ${element.scrollHeight}`

export function Log({ room, openLink, copy, invite }: LogProps) {
  const log = useRef<HTMLDivElement>(null)
  const inside = useRef<HTMLDivElement>(null)
  const shown = useRef<LogWindow | null>(null)
  const atBottom = useSignal(true)
  const moved = useSignal(0)
  const seen = useRef(0)
  /** How large the log was when it was last scrolled, and what was at its top: for when that changes. */
  const size = useRef('')
  const held = useRef<Place | null>(null)
  /** Set when what is about to grow is what the reader wants to see from where it begins. */
  const holding = useRef(false)
  const typedLast = useRef(room.state.value.pending.at(-1)?.id)

  const state = room.state.value
  const first = state.events[0]?.seq ?? state.cursor + 1
  const last = state.cursor
  const replacements = useRef(state.replacements)
  moved.value // Scrolling moves the window without the room changing.

  // The reader has scrolled, and the browser hasn't told of it yet.
  const element = log.current
  if (atBottom.value && element && sizeOf(element) === size.current && below(element) >= BOTTOM) {
    atBottom.value = false
  }

  // Another log: the place one was at is nowhere in it.
  if (replacements.current !== state.replacements) {
    replacements.current = state.replacements
    atBottom.value = true
    shown.current = null
    seen.current = last
  }

  // Whoever sends something wants to see it.
  const typed = state.pending.at(-1)?.id
  if (typed !== undefined && typed > (typedLast.current ?? '')) {
    typedLast.current = typed
    atBottom.value = true
    shown.current = newest(first, last)
  }
  const part = fitted(shown.current, first, last, atBottom.value)
  shown.current = part
  if (atBottom.value) seen.current = last

  // Before the rows change: where the reader is.
  const place = atBottom.value || !log.current ? null : placeIn(log.current)

  const [removing, setRemoving] = useState<Event | null>(null)
  const rows = useMemo(() => new Rows(), [])
  // In steps, so that what is said doesn't count as a change of who is here.
  const members = useComputed(() => room.state.value.members)
  const own = useComputed(() => room.state.value.you?.nickname ?? null)
  const names = useComputed(() => namesOf(members.value, own.value))
  const reading: Reading = useMemo(
    () => ({
      openLink,
      acts: {
        get me() {
          return room.state.peek().you?.member ?? null
        },
        get host() {
          return room.state.peek().you?.host ?? false
        },
        find: (id) => room.find(id),
        nameOf: (member) => called(room.nameOf(member)),
        goTo: (id) => {
          log.current
            ?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)
            ?.scrollIntoView({ block: 'center' })
        },
        answer: ({ id }) => {
          room.draft.answer(id)
          document.querySelector<HTMLElement>('.composer textarea')?.focus()
        },
        edit: ({ id, body }) => {
          if (body.kind !== 'message') return
          room.draft.edit(id, body.text)
          document.querySelector<HTMLElement>('.composer textarea')?.focus()
        },
        remove: (event) => setRemoving(event),
        react: ({ id }, emoji, on) => room.react(id, emoji, on),
      },
      copy,
      names,
      pointed: rows.pointed,
      focused: rows.focused,
      stop: rows.stop,
      hold: () => {
        if (log.current) held.current = placeIn(log.current)
        holding.current = true
      },
    }),
    [openLink, copy, names, rows, room],
  )

  const goToNewest = () => {
    size.current = ''
    atBottom.value = true
    shown.current = newest(first, last)
    moved.value += 1
  }

  // The keyboard opens, the composer grows, a phone is turned: whoever is at the bottom stays there, and
  // whoever is reading keeps the place. Such a change scrolls, too, and isn't the reader's doing.
  const resized = (element: HTMLElement): boolean => {
    const now = sizeOf(element)
    if (now === size.current) return false
    size.current = now
    if (atBottom.peek() && !holding.current) element.scrollTop = element.scrollHeight
    else if (held.current) keepPlace(element, held.current)
    if (holding.current) {
      holding.current = false
      atBottom.value = below(element) < BOTTOM
    }
    return true
  }

  const look = () => {
    const element = log.current
    if (!element || !shown.current) return
    if (resized(element)) return
    const before = shown.current
    if (element.scrollTop < NEAR) {
      if (before.from > first) shown.current = earlier(before, first, last)
      else room.loadHistory()
    } else if (below(element) < NEAR && before.to !== Number.POSITIVE_INFINITY) {
      shown.current = later(before, first, last)
    }
    atBottom.value = below(element) < BOTTOM && shown.current.to === Number.POSITIVE_INFINITY
    held.current = atBottom.value ? null : placeIn(element)
    if (shown.current.from !== before.from || shown.current.to !== before.to) moved.value += 1
  }

  useLayoutEffect(() => {
    const element = log.current
    if (!element) return
    const kept = place !== null && keepPlace(element, place)
    if (!kept) element.scrollTop = element.scrollHeight
    size.current = sizeOf(element)
    rows.settle(element)
    // A page of short messages may not fill a tall window.
    if (kept || element.scrollHeight <= element.clientHeight + NEAR) look()
  })

  useEffect(() => {
    const element = log.current
    if (!element || !inside.current) return
    const observer = new ResizeObserver(() => resized(element))
    observer.observe(element)
    observer.observe(inside.current)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    if (atBottom.value) room.forgetOldest()
  })

  const me = state.you?.member ?? null
  const tail = part.to === Number.POSITIVE_INFINITY
  const events = state.events.slice(part.from - first, tail ? undefined : part.to - first + 1)
  const days = rowsByDay(events, state.notices, state.pending, me, tail)
  const unseen = state.events
    .slice(Math.max(0, seen.current + 1 - first))
    .filter((it) => it.member !== me && it.body.kind === 'message')
  const empty = last === 0 && state.pending.length === 0
  const w = words.value

  return (
    <div class="log-frame">
      {removing && (
        <RemoveDialog
          event={removing}
          own={removing.member === me}
          close={() => setRemoving(null)}
          remove={() => {
            room.delete(removing.id)
            setRemoving(null)
          }}
        />
      )}
      <div
        class="log"
        ref={log}
        role="log"
        aria-label={w.log}
        aria-busy={room.loading.value || !tail}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard has to be able to scroll it
        tabIndex={0}
        data-testid="log"
        onScroll={look}
        onPointerOver={rows.pointerOver}
        onPointerLeave={rows.pointerLeave}
        onClick={rows.click}
        onFocusIn={rows.focusIn}
        onFocusOut={rows.focusOut}
        onKeyDown={rows.keyDown}
      >
        <div class={empty ? 'log-inside is-empty' : 'log-inside'} ref={inside}>
          {room.loading.value && <p class="log-loading">{w.loadingHistory}</p>}
          {state.complete && part.from <= first && last > 0 && (
            <p class="beginning">{w.beginning(state.room?.name ?? '')}</p>
          )}
          {empty && <Empty hosted={room.hosted} invite={invite} />}
          <Reading.Provider value={reading}>
            {days.map((day) => (
              <DayOf key={day.day} day={day} room={room} me={me} />
            ))}
          </Reading.Provider>
        </div>
      </div>
      {!atBottom.value && (
        <button type="button" class="to-newest" onClick={goToNewest} data-testid="to-newest">
          <Icon name="down" size={16} />
          {unseen.length > 0 ? w.newMessages(unseen.length) : <span class="for-readers">{w.toNewest}</span>}
        </button>
      )}
    </div>
  )
}

interface DayProps {
  day: Day
  room: Room
  me: string | null
}

function DayOf({ day, room, me }: DayProps) {
  return (
    <section class="day">
      <h2 class="day-name">
        <span>{dayName(day.at, Date.now())}</span>
      </h2>
      {day.rows.map((row) => shownRow(row, room, me))}
    </section>
  )
}

function shownRow(row: Row, room: Room, me: string | null) {
  switch (row.kind) {
    case 'message':
      return (
        <Message
          key={row.key}
          rowKey={row.key}
          event={row.changes.length > 0 ? expected(row.event, row.changes, me ?? '') : row.event}
          changes={row.changes}
          first={row.first}
          own={row.own}
        />
      )
    case 'pending':
      return <PendingMessage key={row.key} room={room} pending={row.pending} first={row.first} />
    case 'notice':
      return <NoticeLine key={row.key} rowKey={row.key} notice={row.notice} me={me} />
  }
}
