import {
  ArrowDown,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
  Check,
  ChevronDown,
  ChevronLeft,
  ChevronRight,
  ChevronUp,
  CircleAlert,
  Clock,
  Copy,
  DoorOpen,
  Download,
  File,
  FileArchive,
  FileCode,
  FileSpreadsheet,
  FileText,
  Film,
  Hand,
  Image,
  Link,
  Lock,
  LockOpen,
  LogOut,
  Mail,
  Music,
  Paperclip,
  Pencil,
  Reply,
  RotateCcw,
  Search,
  Settings2,
  Share2,
  Smile,
  Trash2,
  UserPlus,
  Users,
  WifiOff,
  X,
  ZoomIn,
  ZoomOut,
} from 'lucide'
import { h } from 'preact'

// lucide-preact asks for Preact 10; lucide itself gives each icon as plain data, which is enough.
const ICONS = {
  down: ArrowDown,
  back: ArrowLeft,
  forward: ArrowRight,
  up: ArrowUp,
  check: Check,
  next: ChevronRight,
  previous: ChevronLeft,
  more: ChevronDown,
  less: ChevronUp,
  alert: CircleAlert,
  clock: Clock,
  copy: Copy,
  link: Link,
  door: DoorOpen,
  knock: Hand,
  lock: Lock,
  open: LockOpen,
  mail: Mail,
  share: Share2,
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
  save: Download,
  file: File,
  archive: FileArchive,
  code: FileCode,
  sheet: FileSpreadsheet,
  page: FileText,
  film: Film,
  image: Image,
  music: Music,
  actual: ZoomIn,
  fit: ZoomOut,
}

export type IconName = keyof typeof ICONS

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
      {ICONS[name].map(([tag, attributes]) => h(tag, attributes as object))}
    </svg>
  )
}
