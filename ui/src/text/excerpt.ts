const MOST = 160

/** The beginning of a message in one line, without the signs of Markdown that only make sense in several. */
export function excerpt(text: string): string {
  const line = text
    .replace(/^\s*(?:```\S*|>+|#{1,6}\s|[-*+]\s)/gm, ' ')
    .replace(/(?<![\p{L}\p{N}])[`*_~]{1,3}(?=\S)|(?<=\S)[`*_~]{1,3}(?![\p{L}\p{N}])/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
  const characters = [...line.slice(0, MOST * 4)]
  return characters.length > MOST ? `${characters.slice(0, MOST).join('')}…` : characters.join('')
}
