import { useComputed } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { expected } from '../room/changes'
import { stretchOf } from '../room/pages'
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
import { later } from './later'
import { hasEarlier, linesIn, linesOf } from './log-window'
import { Message } from './message'
import { NoticeLine } from './notice'
import { PendingMessage } from './pending'
import { Reading } from './reading'
import { Rows } from './rows'
import { Sought } from './sought'
import { Viewport } from './viewport'

const Removing = later(() => import('./remove'))

interface LogProps {
  room: Room
  openLink: OpenLink
  /** Whether it really is on the clipboard now. */
  copy: (text: string) => Promise<boolean>
  invite: () => void
}

export function Log({ room, openLink, copy, invite }: LogProps) {
  const inside = useRef<HTMLDivElement>(null)
  const seen = useRef(0)
  const view = useMemo(() => new Viewport(room), [room])

  const state = room.state.value
  const stretch = stretchOf(state)
  const live = state.island === null
  const lines = useMemo(() => linesOf(stretch), [stretch])
  view.moved.value // Scrolling moves the window without the room changing.
  const part = view.part(lines, room.goal.value)
  const atBottom = view.atBottom.value
  if (atBottom || seen.current > state.cursor) seen.current = state.cursor

  const [removing, setRemoving] = useState<Event | null>(null)
  const [viewing, setViewing] = useState<{ id: string; at: number } | null>(null)
  const Viewer = useViewer(viewing !== null)
  const endViewing = useCallback(() => setViewing(null), [])
  const rows = useMemo(() => new Rows(), [])
  const online = useComputed(() => room.connection.value.state === 'online')
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
        goTo: (id) => room.goTo({ id }),
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
        view: ({ id }, at) => setViewing({ id, at }),
        previews: (id) => room.uploads.peek()?.previews(id) ?? [],
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
    [openLink, copy, names, rows, view, room, online],
  )

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

  useEffect(() => room.forget(part.from, part.to))

  const me = state.you?.member ?? null
  const tail = live && part.to === Number.POSITIVE_INFINITY
  const days = rowsByDay(linesIn(lines, part), state.notices, state.pending, me, tail)
  const unseen = state.events
    .slice(Math.max(0, seen.current + 1 - (state.events[0]?.seq ?? 0)))
    .filter((it) => it.member !== me && it.body.kind === 'message')
  const empty = state.cursor === 0 && state.pending.length === 0
  const begins = !hasEarlier(lines, part) && (live ? state.complete : stretch[0]?.seq === 1)
  const w = words.value

  return (
    <div class="log-frame">
      {removing && (
        <Removing.View
          event={removing}
          own={removing.member === me}
          close={() => setRemoving(null)}
          remove={() => {
            room.delete(removing.id)
            setRemoving(null)
          }}
        />
      )}
      {viewing && Viewer && (
        <Reading.Provider value={reading}>
          <Viewer room={room} start={viewing} close={endViewing} />
        </Reading.Provider>
      )}
      <div
        class="log"
        ref={(element) => {
          view.element = element
        }}
        role="log"
        aria-label={w.log}
        aria-busy={room.loading.value !== null || !tail}
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
          {room.loading.value === 'before' && <p class="log-loading">{w.loadingHistory}</p>}
          {begins && state.cursor > 0 && <p class="beginning">{w.beginning(state.room?.name ?? '')}</p>}
          {empty && <Empty hosted={room.hosted} invite={invite} />}
          <Reading.Provider value={reading}>
            {days.map((day) => (
              <DayOf key={day.day} day={day} room={room} me={me} />
            ))}
          </Reading.Provider>
        </div>
      </div>
      {!atBottom && (
        <button type="button" class="to-newest" onClick={() => room.goToNewest()} data-testid="to-newest">
          <Icon name="down" size={16} />
          {unseen.length > 0 ? w.newMessages(unseen.length) : <span class="for-readers">{w.toNewest}</span>}
        </button>
      )}
      <Sought room={room} />
    </div>
  )
}

type Viewer = ComponentType<{ room: Room; start: { id: string; at: number }; close: () => void }>

/** What pictures are looked at with, loaded when the first one is. */
function useViewer(wanted: boolean): Viewer | null {
  const [loaded, setLoaded] = useState<{ Viewer: Viewer } | null>(null)
  useEffect(() => {
    if (!wanted || loaded) return
    import('./viewer').then(
      ({ default: Viewer }) => setLoaded({ Viewer }),
      () => {}, // The host is out of reach, and so is the picture.
    )
  }, [wanted, loaded])
  return loaded?.Viewer ?? null
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
