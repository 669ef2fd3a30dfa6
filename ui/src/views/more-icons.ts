import {
  ChevronLeft,
  ChevronRight,
  Download,
  File,
  FileArchive,
  FileCode,
  FileSpreadsheet,
  FileText,
  Film,
  Hand,
  Image,
  Mail,
  Music,
  Play,
  Share2,
  ZoomIn,
  ZoomOut,
} from 'lucide'
import { addIcons } from './icon'

/** Icons that nothing in the first picture has: whatever shows one of them imports this. */
export const MORE_ICONS = {
  next: ChevronRight,
  previous: ChevronLeft,
  knock: Hand,
  mail: Mail,
  share: Share2,
  save: Download,
  file: File,
  archive: FileArchive,
  code: FileCode,
  sheet: FileSpreadsheet,
  page: FileText,
  film: Film,
  image: Image,
  music: Music,
  play: Play,
  actual: ZoomIn,
  fit: ZoomOut,
}

addIcons(MORE_ICONS)
