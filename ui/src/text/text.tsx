import type { ComponentChildren } from 'preact'
import { CodeBlock } from './code'
import type { Block, Inline } from './markdown'
import { mentions, type Names } from './mentions'
import { breakable, wrapping } from './wrapping'

/** Opens a link, `beside` what is read if that was asked for; false where the browser is to do it. */
export type OpenLink = (url: string, beside: boolean) => boolean

interface TextProps {
  /** As it was typed. */
  typed: string
  /** The same, as it was read. */
  said: readonly Block[]
  jumbo: boolean
  openLink: OpenLink
  /** What one can do with code. */
  codeTools: (code: string) => ComponentChildren
  /** Who can be called; null when nobody is. */
  names: Names | null
}

/**
 * What was said. The only place where message text becomes elements, and it becomes nothing but the ones
 * below: nothing here or anywhere makes HTML from strings. Each line finds its own direction.
 */
export function Text({ typed, said, jumbo, openLink, codeTools, names }: TextProps) {
  const shown = new Shown(openLink, codeTools, names)
  return (
    <div class={`text ${wrapping(typed)}${jumbo ? ' jumbo' : ''}`} dir="auto" data-testid="message-text">
      {shown.blocks(said)}
    </div>
  )
}

class Shown {
  constructor(
    private readonly openLink: OpenLink,
    private readonly codeTools: TextProps['codeTools'],
    private readonly names: Names | null,
  ) {}

  blocks(blocks: readonly Block[]): ComponentChildren {
    return blocks.map((block) => this.block(block))
  }

  private block(block: Block): ComponentChildren {
    switch (block.kind) {
      case 'paragraph':
        return <p>{this.inlines(block.inside)}</p>
      case 'heading':
        // Bold and no heading: the page's outline is the app's own.
        return (
          <p>
            <strong>{this.inlines(block.inside)}</strong>
          </p>
        )
      case 'quote':
        return <blockquote>{this.blocks(block.inside)}</blockquote>
      case 'list': {
        const items = block.items.map((item) => <li>{this.blocks(item)}</li>)
        return block.start === null ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>
      }
      case 'code':
        return (
          <CodeBlock language={block.language} text={block.text}>
            {this.codeTools(block.text)}
          </CodeBlock>
        )
      case 'gap':
        // As text, so that what is selected and copied has the empty lines, too.
        return <p class="gap">{'\n'.repeat(block.lines)}</p>
    }
  }

  private inlines(inlines: readonly Inline[]): ComponentChildren {
    return inlines.map((inline) => (typeof inline === 'string' ? this.words(inline) : this.inline(inline)))
  }

  private inline(inline: Exclude<Inline, string>): ComponentChildren {
    if (inline.kind === 'code') return <code>{wrapped(inline.text)}</code>
    const inside = this.inlines(inline.inside)
    switch (inline.kind) {
      case 'strong':
        return <strong>{inside}</strong>
      case 'emphasis':
        return <em>{inside}</em>
      case 'struck':
        return <del>{inside}</del>
      case 'link':
        return (
          <Link url={inline.url} openLink={this.openLink}>
            {inside}
          </Link>
        )
    }
  }

  /** Text, in which those who are called stand out. */
  private words(text: string): ComponentChildren {
    const called = this.names ? mentions(text, this.names) : []
    if (called.length === 0) return wrapped(text)
    const shown: ComponentChildren[] = []
    let from = 0
    for (const mention of called) {
      shown.push(wrapped(text.slice(from, mention.from)))
      shown.push(
        <bdi class={mention.name === this.names?.own ? 'mention own' : 'mention'}>
          {text.slice(mention.from, mention.to)}
        </bdi>,
      )
      from = mention.to
    }
    shown.push(wrapped(text.slice(from)))
    return shown
  }
}

/** Text that tells where a long word may break. Whoever copies it copies the text alone. */
function wrapped(text: string): ComponentChildren {
  const parts = breakable(text)
  return parts.length === 1 ? text : parts.flatMap((part, at) => (at === 0 ? [part] : [<wbr />, part]))
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
        const beside = event.ctrlKey || event.metaKey || event.shiftKey
        if (openLink(url, beside)) event.preventDefault()
      }}
    >
      {children}
    </a>
  )
}
