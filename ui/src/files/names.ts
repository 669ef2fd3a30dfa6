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

export const extensionOf = (name: string) =>
  (EXTENSION.exec(plainName(name))?.[2] ?? '').slice(1).toLowerCase()
