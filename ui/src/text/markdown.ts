import { Lexer, type Token, Tokenizer, type Tokens } from 'marked'
import { hostOf, linkAtStart, pieces, safeUrl } from './links'
import { isPlain, linksIn, plain } from './plain'

/** A piece of a message that stands in a line. Strings are shown as they are, newlines included. */
export type Inline =
  | string
  | { kind: 'strong' | 'emphasis' | 'struck'; inside: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; url: string; inside: Inline[] }

/** A piece of a message that stands by itself. */
export type Block =
  | { kind: 'paragraph' | 'heading'; inside: Inline[] }
  | { kind: 'quote'; inside: Block[] }
  | { kind: 'list'; start: number | null; items: Block[][] }
  | { kind: 'code'; language: string; text: string }
  /** Empty lines between two blocks. */
  | { kind: 'gap'; lines: number }

/** Quotes in quotes, lists in lists, bold in italic: further in, it is text as it was typed. */
const DEEPEST = 8
/**
 * How many characters may be looked at to find where something ends that a single character began. Real
 * messages need a small part of it; one that was made to take long is text as it was typed from there on.
 */
const MOST_WORK = 4_000_000

/** Longer than a room takes unless its host has allowed more. */
const LONGEST = 40_000

/**
 * What begins a list: a mark and something behind it. Not a line of marks, and not a date as Koreans write
 * it: 2026. 3. 5.
 */
const LIST = /^ {0,3}(?!(?:[*+-][ \t]*)+(?:\n|$))(?:[*+-]|\d{1,3}[.)](?![ \t]+\d+[.)]))[ \t]+\S/

/**
 * What a message says, as a tree. Of Markdown it knows what people use in a chat. Everything else is text:
 * HTML, images, tables, rules, indented code and link definitions, which would hide what was typed.
 */
export function read(text: string): Block[] {
  if (text.length > LONGEST || isPlain(text)) return plain(text)
  try {
    const tokenizer = new ChatTokenizer()
    return blocksOf(new Lexer({ tokenizer, gfm: true, breaks: true }).lex(text))
  } catch {
    // Nothing a message holds may keep it from being shown.
    return plain(text)
  }
}

type Maybe<T> = T | undefined

/** The library's tokenizer, told what is no markup here, and kept to a depth and an amount of work. */
class ChatTokenizer extends Tokenizer {
  private depth = 0
  private work = 0

  override code() {
    return undefined
  }
  override hr() {
    return undefined
  }
  override html() {
    return undefined
  }
  override def() {
    return undefined
  }
  override table() {
    return undefined
  }
  override lheading() {
    return undefined
  }
  override tag() {
    return undefined
  }
  override reflink() {
    return undefined
  }
  override br() {
    return undefined
  }

  override blockquote(src: string): Maybe<Tokens.Blockquote> {
    return /^ {0,3}>/.test(src) ? this.within(src, () => super.blockquote(src)) : undefined
  }
  override list(src: string): Maybe<Tokens.List> {
    return LIST.test(src) ? this.within(src, () => super.list(src)) : undefined
  }
  override link(src: string): Maybe<Tokens.Link | Tokens.Image> {
    return begins(src, '[', '!') ? this.within(src, () => super.link(src)) : undefined
  }
  override emStrong(src: string, masked: string, before?: string): Maybe<Tokens.Em | Tokens.Strong> {
    return begins(src, '*', '_') ? this.within(src, () => super.emStrong(src, masked, before)) : undefined
  }
  override del(src: string, masked: string, before?: string): Maybe<Tokens.Del> {
    // One wave is how many people say "about", and how Koreans end a friendly sentence: two are needed.
    return src.startsWith('~~') ? this.within(src, () => super.del(src, masked, before)) : undefined
  }
  override codespan(src: string): Maybe<Tokens.Codespan> {
    return begins(src, '`') ? this.within(src, () => super.codespan(src)) : undefined
  }
  override autolink(src: string): Maybe<Tokens.Link> {
    return begins(src, '<') ? this.within(src, () => super.autolink(src)) : undefined
  }

  /** A web link as it is pasted, found here so that no `_` or `*` in it is taken for markup. */
  override url(src: string): Maybe<Tokens.Link> {
    const link = begins(src, 'h', 'H') ? linkAtStart(src) : null
    if (!link?.url) return undefined
    const token: Tokens.Text = { type: 'text', raw: link.text, text: link.text, escaped: false }
    return { type: 'link', raw: link.text, href: link.url, title: null, text: link.text, tokens: [token] }
  }

  /** Up to the next character that could begin something. A word is never cut, so that no link begins in one. */
  override inlineText(src: string): Maybe<Tokens.Text> {
    const raw = /^(?:[\p{L}\p{N}]+|[\s\S])(?:(?!\bhttps?:\/\/)[^\\<![`*_~])*/iu.exec(src)?.[0]
    return raw === undefined ? undefined : { type: 'text', raw, text: raw, escaped: false }
  }

  private within<T>(src: string, look: () => T | undefined): T | undefined {
    this.work += src.length
    if (this.depth >= DEEPEST || this.work > MOST_WORK) return undefined
    this.depth += 1
    try {
      return look()
    } finally {
      this.depth -= 1
    }
  }
}

const begins = (src: string, ...characters: string[]) => characters.includes(src.charAt(0))

function blocksOf(tokens: readonly Token[]): Block[] {
  const blocks: Block[] = []
  for (const token of tokens) {
    const block = blockOf(token as Tokens.Generic)
    // Empty lines before the first block separate nothing.
    if (block && (block.kind !== 'gap' || blocks.length > 0)) blocks.push(block)
  }
  if (blocks.at(-1)?.kind === 'gap') blocks.pop()
  return blocks
}

function blockOf(token: Tokens.Generic): Block | null {
  switch (token.type) {
    case 'space': {
      const lines = token.raw.split('\n').length - 2
      return lines > 0 ? { kind: 'gap', lines } : null
    }
    case 'code':
      return { kind: 'code', language: languageIn(token.lang), text: token.text.replace(/\n$/, '') }
    case 'blockquote':
      return { kind: 'quote', inside: blocksOf(token.tokens ?? []) }
    case 'list':
      return {
        kind: 'list',
        start: token.ordered ? Number(token.start) : null,
        items: token.items.map(itemOf),
      }
    case 'heading':
      return { kind: 'heading', inside: inlinesOf(token.tokens ?? []) }
    default:
      return { kind: 'paragraph', inside: token.tokens ? inlinesOf(token.tokens) : linksIn(token.raw) }
  }
}

/** Of what is to be done, with a box before it. */
function itemOf({ tokens, task }: Tokens.ListItem): Block[] {
  const [box, ...rest] = tokens
  if (!task || box?.type !== 'checkbox') return blocksOf(tokens)
  const [first, ...more] = blocksOf(rest)
  if (first?.kind !== 'paragraph') return blocksOf(rest)
  return [{ ...first, inside: [boxOf(box), ...first.inside] }, ...more]
}

/** The first word after the fence, as long as a language's name may be. */
const languageIn = (info: string | undefined) => /^[\w+#.-]{1,20}/.exec(info ?? '')?.[0].toLowerCase() ?? ''

const boxOf = (token: Token) => ('checked' in token && token.checked ? '☑ ' : '☐ ')

function inlinesOf(tokens: readonly Token[], inLink = false): Inline[] {
  const inlines: Inline[] = []
  let text = ''
  const flush = () => {
    if (text !== '') inlines.push(...(inLink ? [text] : linksIn(text)))
    text = ''
  }
  for (const token of tokens as readonly Tokens.Generic[]) {
    const inline = inlineOf(token, inLink)
    if (typeof inline === 'string') text += inline
    else {
      flush()
      inlines.push(inline)
    }
  }
  flush()
  return inlines
}

function inlineOf(token: Tokens.Generic, inLink: boolean): Inline {
  const inside = () => inlinesOf(token.tokens ?? [], inLink)
  switch (token.type) {
    case 'strong':
      return { kind: 'strong', inside: inside() }
    case 'em':
      return { kind: 'emphasis', inside: inside() }
    case 'del':
      return { kind: 'struck', inside: inside() }
    case 'codespan':
      return { kind: 'code', text: token.text }
    case 'escape':
      return token.text
    case 'checkbox':
      return boxOf(token)
    case 'link':
    case 'image':
      return linkOf(token) ?? token.raw
    default:
      return token.raw
  }
}

/** A link that was written out, if it may be followed; a picture is a link to it. Otherwise what was typed. */
function linkOf(token: Tokens.Generic): Inline | null {
  const url = safeUrl(token.href)
  if (url === null) return null
  const label = inlinesOf(token.tokens ?? [], true)
  const inside = label.length > 0 ? label : [url]
  // Words that name one address and lead to another: then the reader sees where to.
  const named = namedHost(token.text)
  if (named !== null && named !== hostOf(url)) inside.push(` (${hostOf(url)})`)
  return { kind: 'link', url, inside }
}

function namedHost(label: string): string | null {
  const link = pieces(label).find(({ url }) => url !== null)
  if (link?.url) return hostOf(link.url)
  const bare = /(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/u.exec(label)?.[0]
  return bare === undefined ? null : (linkAtStart(`http://${bare}`)?.url ?? null) && hostOf(`http://${bare}`)
}
