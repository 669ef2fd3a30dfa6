import {
  ArrowDown,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
  Check,
  ChevronDown,
  ChevronUp,
  CircleAlert,
  Clock,
  Copy,
  DoorOpen,
  Ellipsis,
  type IconNode,
  Link,
  Lock,
  LockOpen,
  LogOut,
  Paperclip,
  Pencil,
  Reply,
  RotateCcw,
  Search,
  Settings2,
  Smile,
  Trash2,
  UserPlus,
  Users,
  WifiOff,
  X,
} from 'lucide'
import { h } from 'preact'
import type { MORE_ICONS } from './more-icons'

// lucide-preact asks for Preact 10; lucide itself gives each icon as plain data, which is enough.
const ICONS = {
  down: ArrowDown,
  back: ArrowLeft,
  forward: ArrowRight,
  up: ArrowUp,
  check: Check,
  more: ChevronDown,
  less: ChevronUp,
  alert: CircleAlert,
  clock: Clock,
  copy: Copy,
  link: Link,
  door: DoorOpen,
  dots: Ellipsis,
  lock: Lock,
  open: LockOpen,
  leave: LogOut,
  pencil: Pencil,
  reply: Reply,
  retry: RotateCcw,
  search: Search,
  settings: Settings2,
  smile: Smile,
  trash: Trash2,
  invite: UserPlus,
  people: Users,
  offline: WifiOff,
  close: X,
  attach: Paperclip,
}

export type IconName = keyof typeof ICONS | keyof typeof MORE_ICONS

const shapes: Partial<Record<IconName, IconNode>> = { ...ICONS }

/** Takes in the icons of what is loaded later. */
export function addIcons(more: Partial<Record<IconName, IconNode>>): void {
  Object.assign(shapes, more)
}

/** An icon beside words, or inside a button that has a label: never the only thing that says it. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.9"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {shapes[name]?.map(([tag, attributes]) => h(tag, attributes as object))}
    </svg>
  )
}
