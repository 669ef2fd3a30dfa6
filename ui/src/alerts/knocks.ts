import { effect, type ReadonlySignal } from '@preact/signals'
import type { RoomState } from '../room/state'
import type { DoorMenu, KnockNotice } from '../shell.gen'
import { apart } from '../text/apart'
import { graphemes } from '../text/characters'
import { called } from '../views/called'
import type { Knock } from '../wire.gen'
import { doorWords } from '../words/door'
import { nameList } from '../words/time'

/** More of them make a menu too long to be read. */
const LISTED = 5
/** Characters of a name in a menu or a notification's first line. */
const NAME = 24
/** Who comes within this comes together. */
const GATHER_MS = 400
/** After one was told, this long nothing more is. */
const AGAIN_MS = 5_000

/** Who is at the door, for the menu of the icon beside the clock; null while nobody is. */
export function doorMenu(knocks: readonly Knock[]): DoorMenu | null {
  if (knocks.length === 0) return null
  const d = doorWords.value
  const listed = knocks.slice(0, LISTED)
  const rest = knocks.length - listed.length
  return {
    title: d.knocksTitle(knocks.length),
    count: String(knocks.length),
    knocks: listed.map(({ member, nickname }) => ({ member, name: name(nickname) })),
    rest: rest > 0 ? d.knocksRest(rest) : null,
    let_in: d.letIn,
    turn_away: d.turnAway,
  }
}

/** What the desktop says of them. Buttons are about one: with several, one has to look who they are. */
export function knockNotice(knocks: readonly Knock[], room: string): KnockNotice | null {
  const first = knocks[0]
  if (!first) return null
  const d = doorWords.value
  return {
    title: knocks.length === 1 ? d.knockOf(name(first.nickname)) : d.knocksTitle(knocks.length),
    body: knocks.length === 1 ? apart(room) : nameList(knocks.map(({ nickname }) => name(nickname))),
    member: knocks.length === 1 ? first.member : null,
    let_in: d.letIn,
    turn_away: d.turnAway,
  }
}

function name(nickname: string): string {
  const characters = graphemes(called(nickname))
  return apart(characters.length > NAME ? `${characters.slice(0, NAME - 1).join('')}…` : characters.join(''))
}

export interface BellOptions {
  state: ReadonlySignal<RoomState>
  /** Whether somebody looks at the room. */
  looked: () => boolean
  /** Whether one wants to be told of this room at all. */
  wanted: () => boolean
  /** In the place of the one before; null takes it back. */
  show: (notice: KnockNotice | null) => void
  chime: () => void
}

/** Tells a host who doesn't look of whoever comes to the door, and takes it back once they look or nobody is left. */
export class Bell {
  /** Those who were there before, or whom somebody has seen. */
  private known = new Set<string>()
  private shown = false
  private toldAt = Number.NEGATIVE_INFINITY
  private timer: ReturnType<typeof setTimeout> | undefined
  private forget: () => void = () => {}

  constructor(private readonly options: BellOptions) {}

  start(): void {
    this.forget = effect(() => this.moved(this.options.state.value.knocks))
  }

  stop(): void {
    this.forget()
    this.clear()
  }

  /** Somebody came to look at the room, or went. */
  looked(): void {
    if (this.options.looked()) this.clear()
  }

  private moved(knocks: readonly Knock[]): void {
    const before = this.known
    this.known = new Set(knocks.map(({ member }) => member))
    const came = knocks.some(({ member }) => !before.has(member))
    if (knocks.length === 0 || this.options.looked()) this.clear()
    else if (came || this.shown) this.soon()
  }

  private soon(): void {
    if (this.timer !== undefined) return
    const wait = Math.max(GATHER_MS, this.toldAt + AGAIN_MS - performance.now())
    this.timer = setTimeout(() => this.tell(), wait)
  }

  private tell(): void {
    this.timer = undefined
    const { state, wanted, show, chime } = this.options
    const { knocks, room } = state.peek()
    if (!wanted()) return
    if (!this.shown) chime()
    this.shown = true
    this.toldAt = performance.now()
    show(knockNotice(knocks, room?.name ?? ''))
  }

  private clear(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (!this.shown) return
    this.shown = false
    this.options.show(null)
  }
}
