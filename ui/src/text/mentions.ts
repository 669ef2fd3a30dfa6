import type { Block, Inline } from './markdown'

/** `@` and a name, where it stands in a text. */
export interface Mention {
  from: number
  to: number
  name: string
}

/** More of them than this in one message mean nobody. */
const MOST = 100
/** What may not stand right before the `@`: then it is an address. */
const BEFORE = /[\p{L}\p{N}_.@+-]$/u
/** Korean titles and particles follow a name without a space. */
const PARTICLES =
  /^(?:님|씨|아|야)?(?:이랑|랑|에게|한테|께|하고|으로|로|부터|까지|은|는|이|가|을|를|의|와|과|도|만)?(?:도|만|은|는)?(?![\p{L}\p{N}_])/u
const ENDS_IN_HANGUL = /\p{Script=Hangul}$/u
const HANGUL = /^\p{Script=Hangul}/u

/** Names to be looked for, found by how they begin. */
export class Names {
  private readonly byFirst = new Map<string, string[]>()

  constructor(
    names: Iterable<string>,
    /** One's own name. */
    readonly own: string | null,
  ) {
    // Longest first: "@Mina Kim" is for Mina Kim and not for Mina.
    for (const name of [...new Set(names)].sort((one, other) => other.length - one.length)) {
      if (name === '') continue
      const first = name.charAt(0).toLowerCase()
      const same = this.byFirst.get(first)
      if (same) same.push(name)
      else this.byFirst.set(first, [name])
    }
  }

  /** The name that `text` has right at `at`. */
  at(text: string, at: number): string | null {
    const candidates = this.byFirst.get(text.charAt(at).toLowerCase()) ?? []
    for (const name of candidates) {
      const here = text.slice(at, at + name.length)
      if (here.toLowerCase() === name.toLowerCase() && ends(name, text.slice(at + name.length))) return name
    }
    return null
  }
}

/** Whether a name ends where `rest` begins, or goes on in it and is another one. */
function ends(name: string, rest: string): boolean {
  // A Latin name is over where Hangul begins; a Korean one may have a particle.
  if (HANGUL.test(rest)) return !ENDS_IN_HANGUL.test(name) || PARTICLES.test(rest.slice(0, 12))
  return !/^[\p{L}\p{N}_]/u.test(rest)
}

/** Who is called in a text, in its order. */
export function mentions(text: string, names: Names): Mention[] {
  const found: Mention[] = []
  let tried = 0
  for (let at = text.indexOf('@'); at >= 0 && tried < MOST; at = text.indexOf('@', at + 1)) {
    tried += 1
    if (BEFORE.test(text.slice(Math.max(0, at - 2), at))) continue
    const name = names.at(text, at + 1)
    if (name === null) continue
    found.push({ from: at, to: at + 1 + name.length, name })
    at += name.length
  }
  return found
}

/** Whether a message calls oneself, anywhere but in code. */
export function callsMe(said: readonly (Block | Inline)[], names: Names): boolean {
  return said.some((it) => {
    if (typeof it === 'string') return mentions(it, names).some(({ name }) => name === names.own)
    if (it.kind === 'list') return it.items.some((item) => callsMe(item, names))
    return 'inside' in it && callsMe(it.inside, names)
  })
}
