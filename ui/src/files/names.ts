import type { IconName } from '../views/icon'

/** Marks that turn text around, or can't be seen: with them `photo-gpj.exe` can be made to end in .jpg. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu
/** Longer than this it says nothing about a file's kind. */
const EXTENSION = /^(.+)(\.[^.\s]{1,12})$/su
/** In these scripts letters can be taken apart without being read otherwise. */
const APART = /^(.{16,}?)([\p{Script=Latin}\p{Script=Hangul}\p{Script=Han}\p{N} ()_-]{4})$/su

/**
 * A file's name in two parts: what may be cut short, and how it ends, which is always to be seen: the
 * extension, and in a long name a little before it, by which the photos of a series are told apart.
 */
export function nameParts(name: string): { start: string; end: string } {
  const clean = plainName(name)
  const [, stem = clean, extension = ''] = EXTENSION.exec(clean) ?? []
  const [, start = stem, tail = ''] = APART.exec(stem) ?? []
  return { start, end: tail + extension }
}

/** The name as one text. */
export const plainName = (name: string) => name.replace(UNSEEN, '') || '?'

const extensionOf = (name: string) => (EXTENSION.exec(plainName(name))?.[2] ?? '').slice(1).toLowerCase()

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
