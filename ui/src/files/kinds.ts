import type { IconName } from '../views/icon'
import { extensionOf } from './names'

export type Kind = 'image' | 'video' | 'audio' | 'archive' | 'text' | 'sheet' | 'code' | 'other'

const ARCHIVES = /^(?:zip|7z|rar|tar|t?gz|tgz|bz2|xz|zst|iso|dmg|jar|apk|deb|rpm)$/
const TEXTS = /^(?:pdf|docx?|odt|rtf|txt|md|pages|hwpx?|epub|pptx?|odp|key)$/
const SHEETS = /^(?:xlsx?|ods|csv|tsv|numbers)$/
const CODES =
  /^(?:[cm]?[jt]sx?|rs|py|c|h|cc|cpp|hpp|java|kt|go|rb|php|sh|ps1|bat|html?|css|json|xml|ya?ml|toml|sql)$/

/** What kind of file it is, for its icon. The content's own type comes first, as the relay made it out. */
export function kindOf({ name, media }: { name: string; media: string }): Kind {
  const main = media.slice(0, media.indexOf('/'))
  if (main === 'image' || main === 'video' || main === 'audio') return main
  const extension = extensionOf(name)
  if (ARCHIVES.test(extension)) return 'archive'
  if (SHEETS.test(extension)) return 'sheet'
  if (TEXTS.test(extension) || media === 'application/pdf') return 'text'
  if (CODES.test(extension)) return 'code'
  return 'other'
}

const SHOWN_BY_NAME =
  /^(?:png|jpe?g|gif|webp|bmp|avif|heic|svg|mp3|m4a|aac|og[ga]|opus|wav|flac|mp4|m4v|webm|mov|mkv)$/

/** Whether one expects to see or to hear it here: by what it is, or by what its name says it is. */
export function isToBeShown(file: { name: string; media: string }): boolean {
  const kind = kindOf(file)
  const shown = kind === 'image' || kind === 'video' || kind === 'audio'
  return shown || SHOWN_BY_NAME.test(extensionOf(file.name))
}

export const KIND_ICONS: Record<Kind, IconName> = {
  image: 'image',
  video: 'film',
  audio: 'music',
  archive: 'archive',
  text: 'page',
  sheet: 'sheet',
  code: 'code',
  other: 'file',
}
