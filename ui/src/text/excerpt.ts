import { plainName } from '../files/names'
import type { Message } from '../wire.gen'

const MOST = 160

/** A message in one line: what it says, or else the names of its files. */
export function summary({ text, files = [] }: Pick<Message, 'text' | 'files'>): string {
  const said = excerpt(text)
  return said === '' ? shortened(files.map(({ name }) => plainName(name)).join(', ')) : said
}

/** The beginning of a message in one line, without the signs of Markdown that only make sense in several. */
export function excerpt(text: string): string {
  const line = text
    .replace(/^\s*(?:```\S*|>+|#{1,6}\s|[-*+]\s)/gm, ' ')
    .replace(/(?<![\p{L}\p{N}])[`*_~]{1,3}(?=\S)|(?<=\S)[`*_~]{1,3}(?![\p{L}\p{N}])/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
  return shortened(line)
}

function shortened(line: string): string {
  const characters = [...line.slice(0, MOST * 4)]
  return characters.length > MOST ? `${characters.slice(0, MOST).join('')}…` : characters.join('')
}
