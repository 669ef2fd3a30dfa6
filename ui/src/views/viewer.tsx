import './more-icons'
import { useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Size } from '../files/layout'
import { plainName } from '../files/names'
import { fitting, MOST_ZOOM, NOWHERE, at as placed, type View, zoomed } from '../files/zoom'
import { stretchOf } from '../room/pages'
import type { Room } from '../room/room'
import type { Event, FileInfo } from '../wire.gen'
import { sizeText } from '../words/size'
import { clock, fully } from '../words/time'
import { words } from '../words/words'
import { called, namedFile } from './called'
import { Dialog } from './dialog'
import { FileName } from './file-name'
import { Icon } from './icon'
import { Reading } from './reading'
import { SaveButton } from './stored-files'

interface ViewerProps {
  room: Room
  /** The message, and the place of the picture among its files. */
  start: { id: string; at: number }
  close: () => void
}

interface Shown {
  key: string
  event: Event
  file: FileInfo
  size: Size
}

/** A finger that has gone this far meant to. */
const SWIPE = 60
const SWIPE_AWAY = 110
/** Two taps within this time, this near each other, are one double tap. */
const DOUBLE_MS = 300
const DOUBLE_NEAR = 30
const STEP = 1.5

/** All pictures of the messages that are known here, one at a time. */
export default function Viewer({ room, start, close }: ViewerProps) {
  const stretch = stretchOf(room.state.value)
  const all = useMemo(() => picturesIn(stretch), [stretch])
  const [key, setKey] = useState(`${start.id} ${start.at}`)
  const at = all.findIndex((it) => it.key === key)
  const shown = all[at]
  const w = words.value

  // It was deleted while somebody looked at it.
  useEffect(() => {
    if (!shown) close()
  }, [shown, close])
  if (!shown) return null

  const go = (to: number) => {
    const next = all[to]
    if (next) setKey(next.key)
  }
  const { event, file } = shown
  return (
    <Dialog kind="viewer" title={plainName(file.name)} close={close}>
      <Stage
        key={key}
        shown={shown}
        earlier={at > 0 ? () => go(at - 1) : null}
        later={at < all.length - 1 ? () => go(at + 1) : null}
        ends={{ first: () => go(0), last: () => go(all.length - 1) }}
        close={close}
      />
      {at > 0 && (
        <button
          type="button"
          class="viewer-step earlier"
          aria-label={w.viewer.earlier}
          title={w.viewer.earlier}
          data-testid="viewer-earlier"
          onClick={() => go(at - 1)}
        >
          <Icon name="previous" size={24} />
        </button>
      )}
      {at < all.length - 1 && (
        <button
          type="button"
          class="viewer-step later"
          aria-label={w.viewer.later}
          title={w.viewer.later}
          data-testid="viewer-later"
          onClick={() => go(at + 1)}
        >
          <Icon name="next" size={24} />
        </button>
      )}
      <footer class="viewer-about">
        <div class="viewer-caption">
          <FileName name={file.name} />
          <p class="viewer-line">
            <span class="viewer-author" dir="auto">
              {called(event.nickname)}
            </span>
            <time dateTime={new Date(event.at).toISOString()} title={fully(event.at)}>
              {clock(event.at)}
            </time>
            <span>{sizeText(file.bytes)}</span>
            {all.length > 1 && (
              <span data-testid="viewer-position">{w.viewer.position(at + 1, all.length)}</span>
            )}
          </p>
        </div>
        <SaveButton file={file} large />
      </footer>
      <p class="for-readers" role="status">
        {namedFile(file.name)}, {w.viewer.position(at + 1, all.length)}
      </p>
    </Dialog>
  )
}

function picturesIn(events: readonly Event[]): Shown[] {
  return events.flatMap((event) =>
    event.body.kind !== 'message'
      ? []
      : (event.body.files ?? []).flatMap((file, at) => {
          const { width, height } = file
          return width && height ? [{ key: `${event.id} ${at}`, event, file, size: { width, height } }] : []
        }),
  )
}

interface StageProps {
  shown: Shown
  earlier: (() => void) | null
  later: (() => void) | null
  ends: { first: () => void; last: () => void }
  close: () => void
}

/** The picture: as large as the window, or as it is, and moved about by whatever one points with. */
function Stage({ shown: { file, size }, earlier, later, ends, close }: StageProps) {
  const { files: host } = useContext(Reading)
  const stage = useRef<HTMLDivElement>(null)
  const closing = useRef<HTMLButtonElement>(null)
  const [room, setRoom] = useState<Size>({ width: innerWidth, height: innerHeight })
  const [view, setView] = useState<View>(NOWHERE)
  const [swiped, setSwiped] = useState({ x: 0, y: 0 })
  const [loaded, setLoaded] = useState(false)
  const [broken, setBroken] = useState(false)
  const fit = fitting(size, room)
  /** How much larger than fitted it is in its own pixels. */
  const actual = Math.max(1, size.width / fit.width)
  const toggled = actual > 1.05 ? actual : 2.5
  const w = words.value

  useLayoutEffect(() => {
    const element = stage.current
    if (!element) return
    const measure = () => setRoom({ width: element.clientWidth, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  // What had the focus went with the picture before, or had led to the last there is.
  useLayoutEffect(() => {
    const dialog = stage.current?.closest('dialog')
    if (dialog && !dialog.contains(document.activeElement)) closing.current?.focus()
  }, [])

  const change = (next: View) => setView(placed(next, fit, room))
  const zoomTo = (zoom: number, x = 0, y = 0) => change(zoomed(view, zoom, x, y))
  const toggle = (x = 0, y = 0) => zoomTo(view.zoom > 1 ? 1 : toggled, x, y)
  const fingers = useFingers({
    stage,
    view,
    change,
    toggle,
    swiped: setSwiped,
    swipe: (x, y) => {
      const towards = x > 0 ? earlier : later
      if (y > SWIPE_AWAY && y > Math.abs(x)) close()
      else if (Math.abs(x) > SWIPE && Math.abs(x) > Math.abs(y)) towards?.()
    },
    beside: close,
  })

  const keys: Record<string, () => void> = {
    ArrowLeft: () => earlier?.(),
    ArrowRight: () => later?.(),
    Home: ends.first,
    End: ends.last,
    '+': () => zoomTo(view.zoom * STEP),
    '=': () => zoomTo(view.zoom * STEP),
    '-': () => zoomTo(view.zoom / STEP),
    '0': () => zoomTo(1),
    '1': () => zoomTo(actual),
  }
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const dialog = stage.current?.closest('dialog')
    const pressed = (event: KeyboardEvent) => {
      const does = event.altKey || event.ctrlKey || event.metaKey ? undefined : latest.current[event.key]
      if (!does) return
      event.preventDefault()
      does()
    }
    dialog?.addEventListener('keydown', pressed)
    return () => dialog?.removeEventListener('keydown', pressed)
  }, [])

  const thumb = host.value?.thumbUrl(file) ?? null
  const x = view.x + swiped.x
  const y = view.y + swiped.y
  return (
    <>
      <div
        ref={stage}
        class={view.zoom > 1 ? 'viewer-stage zoomed' : 'viewer-stage'}
        data-testid="viewer"
        data-zoom={view.zoom.toFixed(2)}
        onPointerDown={fingers.down}
        onPointerMove={fingers.move}
        onPointerUp={fingers.up}
        onPointerCancel={fingers.cancel}
        onWheel={fingers.wheel}
      >
        {broken ? (
          <p class="viewer-broken" role="alert">
            <Icon name="image" size={32} />
            {w.cantShow}
          </p>
        ) : (
          <div
            class="viewer-picture"
            style={{
              width: `${fit.width}px`,
              height: `${fit.height}px`,
              transform: `translate(${x}px, ${y}px) scale(${view.zoom})`,
            }}
          >
            {!loaded && thumb !== null && <img class="viewer-thumb" src={thumb} alt="" draggable={false} />}
            <img
              src={host.value?.url(file)}
              alt={plainName(file.name)}
              draggable={false}
              data-testid="viewer-picture"
              onLoad={() => setLoaded(true)}
              onError={() => setBroken(true)}
            />
          </div>
        )}
        {!loaded && !broken && (
          <p class="viewer-loading" role="status">
            {w.viewer.loading}
          </p>
        )}
      </div>
      <div class="viewer-tools">
        {!broken && (
          <button
            type="button"
            class="icon-button"
            aria-label={view.zoom > 1 ? w.viewer.fit : w.viewer.actual}
            title={view.zoom > 1 ? w.viewer.fit : w.viewer.actual}
            data-testid="viewer-zoom"
            onClick={() => toggle()}
          >
            <Icon name={view.zoom > 1 ? 'fit' : 'actual'} size={20} />
          </button>
        )}
        <button
          ref={closing}
          type="button"
          class="icon-button"
          aria-label={w.close}
          title={w.close}
          // biome-ignore lint/a11y/noAutofocus: where the dialog puts the focus: the way out
          autoFocus
          data-testid="viewer-close"
          onClick={close}
        >
          <Icon name="close" size={20} />
        </button>
      </div>
    </>
  )
}

interface FingersOptions {
  stage: { current: HTMLElement | null }
  view: View
  change: (view: View) => void
  toggle: (x: number, y: number) => void
  /** How far a finger has moved the picture as it is now, to let go of or not. */
  swiped: (by: { x: number; y: number }) => void
  swipe: (x: number, y: number) => void
  /** A click beside the picture. */
  beside: () => void
}

interface Point {
  x: number
  y: number
}

/** One pointer moves the picture or swipes it away, two pinch it, a wheel zooms. */
function useFingers(options: FingersOptions) {
  const now = useRef(options)
  now.current = options
  const state = useRef({
    fingers: new Map<number, Point>(),
    from: { x: 0, y: 0 },
    view: NOWHERE,
    spread: 0,
    moved: false,
    tapped: { x: 0, y: 0, time: 0 },
  })

  return useMemo(() => {
    const { fingers } = state.current
    /** From the middle of the stage. */
    const pointOf = ({ clientX, clientY }: MouseEvent): Point => {
      const box = now.current.stage.current?.getBoundingClientRect()
      if (!box) return { x: 0, y: 0 }
      return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 }
    }
    const begin = () => {
      const [one, other] = [...fingers.values()]
      const s = state.current
      s.view = now.current.view
      s.from = one && other ? middle(one, other) : (one ?? s.from)
      s.spread = one && other ? distance(one, other) : 0
    }
    const end = (event: PointerEvent) => {
      fingers.delete(event.pointerId)
      now.current.swiped({ x: 0, y: 0 })
      begin()
    }
    return {
      down(event: PointerEvent) {
        if (event.button !== 0) return
        if (event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId)
        if (fingers.size === 0) state.current.moved = false
        fingers.set(event.pointerId, pointOf(event))
        if (fingers.size > 1) state.current.moved = true
        now.current.swiped({ x: 0, y: 0 })
        begin()
      },
      move(event: PointerEvent) {
        if (!fingers.has(event.pointerId)) return
        fingers.set(event.pointerId, pointOf(event))
        const { from, view, spread } = state.current
        const [one, other] = [...fingers.values()]
        if (!one) return
        if (other) {
          const to = middle(one, other)
          const pinched = zoomed(
            view,
            view.zoom * (distance(one, other) / Math.max(1, spread)),
            from.x,
            from.y,
          )
          now.current.change({ ...pinched, x: pinched.x + to.x - from.x, y: pinched.y + to.y - from.y })
          return
        }
        const by = { x: one.x - from.x, y: one.y - from.y }
        if (Math.hypot(by.x, by.y) > 6) state.current.moved = true
        if (view.zoom > 1) now.current.change({ ...view, x: view.x + by.x, y: view.y + by.y })
        else if (event.pointerType !== 'mouse') now.current.swiped({ x: by.x, y: Math.max(0, by.y) })
      },
      up(event: PointerEvent) {
        const last = fingers.get(event.pointerId)
        if (!last) return
        const s = state.current
        const alone = fingers.size === 1
        const { from, view, moved } = s
        end(event)
        if (!alone) return
        const touch = event.pointerType !== 'mouse'
        if (moved) {
          if (touch && view.zoom <= 1) now.current.swipe(last.x - from.x, last.y - from.y)
          return
        }
        const hit = document.elementFromPoint(event.clientX, event.clientY)
        const onPicture = hit?.closest('.viewer-picture') != null
        if (!touch) {
          if (onPicture) now.current.toggle(last.x, last.y)
          else now.current.beside()
          return
        }
        const again = event.timeStamp - s.tapped.time < DOUBLE_MS && distance(s.tapped, last) < DOUBLE_NEAR
        s.tapped = { ...last, time: again ? 0 : event.timeStamp }
        if (again) now.current.toggle(last.x, last.y)
      },
      cancel: end,
      wheel(event: WheelEvent) {
        event.preventDefault()
        const { x, y } = pointOf(event)
        const { view } = now.current
        const zoom = Math.min(MOST_ZOOM, Math.max(1, view.zoom * Math.exp(-event.deltaY * 0.002)))
        now.current.change(zoomed(view, zoom, x, y))
      },
    }
  }, [])
}

const middle = (one: Point, other: Point): Point => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 })
const distance = (one: Point, other: Point) => Math.hypot(one.x - other.x, one.y - other.y)
