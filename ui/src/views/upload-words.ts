import type { News } from '../room/upload-news'
import type { Attachment, Fate } from '../room/uploads'
import { sizeText } from '../words/size'
import { nameList } from '../words/time'
import { words } from '../words/words'
import { namedFile } from './called'

/** So many files are told of by their names. */
const MOST_NAMED = 3

/** How it stands with a file, in a few words. `most` is what the room takes of one, in bytes. */
export function fateText(fate: Fate, sent: number, bytes: number, most: number): string {
  const w = words.value
  switch (fate.state) {
    case 'waiting':
      return sent > 0 ? w.fileProgress(sizeText(sent), sizeText(bytes)) : w.fileWaiting
    case 'going':
      return w.fileProgress(sizeText(sent), sizeText(bytes))
    case 'done':
      return sizeText(bytes)
    case 'held': {
      const known: Record<string, string> = w.fileTroubles
      return known[fate.reason] ?? w.fileHeld
    }
    case 'failed': {
      if (fate.reason === 'file_too_big') return w.fileFailures.file_too_big(sizeText(most))
      const known: Record<string, unknown> = w.fileFailures
      const text = known[fate.reason]
      return typeof text === 'string' ? text : w.fileFailures.other
    }
  }
}

/** What became of files, in sentences to be listened to: a sentence for all that have the same fate. */
export function newsText({ taken, fates }: News, most: number): string {
  const w = words.value
  const sentences = taken > 0 ? [w.filesFor(taken)] : []
  const alike = new Map<string, { fate: Fate; files: Attachment[] }>()
  for (const { file, fate } of fates) {
    const kind = 'reason' in fate ? `${fate.state} ${fate.reason}` : fate.state
    const { files } = alike.get(kind) ?? { files: [] }
    alike.set(kind, { fate, files: [...files, file] })
  }
  for (const { fate, files } of alike.values()) {
    const names = files.map(({ name }) => namedFile(name))
    const which = names.length > MOST_NAMED ? w.manyFiles(names.length) : nameList(names)
    if (fate.state === 'done') sentences.push(w.fileNews.done(which))
    else if (fate.state === 'failed') sentences.push(w.fileNews.failed(which), fateText(fate, 0, 0, most))
    else sentences.push(w.fileNews.held(which), fateText(fate, 0, 0, most))
  }
  return sentences.map((it) => it.replace(/[.]$/, '')).join('. ')
}
