import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { isJumbo } from './characters'
import { CodeBlock } from './code'
import { type Block, type Inline, read } from './markdown'

/** How a link is opened; null where the browser does it. */
export type OpenLink = ((url: string) => void) | null

interface TextProps {
  text: string
  openLink: OpenLink
}

/**
 * What was said. The only place where message text becomes elements, and it becomes nothing but the ones
 * below: nothing here or anywhere makes HTML from strings. Each line finds its own direction.
 */
export function Text({ text, openLink }: TextProps) {
  const blocks = useMemo(() => read(text), [text])
  return (
    <div class={isJumbo(text) ? 'text jumbo' : 'text'} dir="auto" data-testid="message-text">
      {blocks.map((block) => shownBlock(block, openLink))}
    </div>
  )
}

function shownBlock(block: Block, openLink: OpenLink): ComponentChildren {
  const blocks = (inside: readonly Block[]) => inside.map((it) => shownBlock(it, openLink))
  switch (block.kind) {
    case 'paragraph':
      return <p>{shownInlines(block.inside, openLink)}</p>
    case 'heading':
      // Bold and no heading: the page's outline is the app's own.
      return (
        <p>
          <strong>{shownInlines(block.inside, openLink)}</strong>
        </p>
      )
    case 'quote':
      return <blockquote>{blocks(block.inside)}</blockquote>
    case 'list': {
      const items = block.items.map((item) => <li>{blocks(item)}</li>)
      return block.start === null ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>
    }
    case 'code':
      return <CodeBlock language={block.language} text={block.text} />
    case 'gap':
      // As text, so that what is selected and copied has the empty lines, too.
      return <p class="gap">{'\n'.repeat(block.lines)}</p>
  }
}

function shownInlines(inlines: readonly Inline[], openLink: OpenLink): ComponentChildren {
  return inlines.map((inline) => (typeof inline === 'string' ? inline : shownInline(inline, openLink)))
}

function shownInline(inline: Exclude<Inline, string>, openLink: OpenLink): ComponentChildren {
  if (inline.kind === 'code') return <code>{inline.text}</code>
  const inside = shownInlines(inline.inside, openLink)
  switch (inline.kind) {
    case 'strong':
      return <strong>{inside}</strong>
    case 'emphasis':
      return <em>{inside}</em>
    case 'struck':
      return <del>{inside}</del>
    case 'link':
      return (
        <Link url={inline.url} openLink={openLink}>
          {inside}
        </Link>
      )
  }
}

function Link({ url, openLink, children }: { url: string; openLink: OpenLink; children: ComponentChildren }) {
  return (
    <a
      href={url}
      title={url}
      target="_blank"
      rel="noopener noreferrer"
      class="link"
      onClick={(event) => {
        if (!openLink) return
        event.preventDefault()
        openLink(url)
      }}
    >
      {children}
    </a>
  )
}
