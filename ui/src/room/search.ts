import { type ReadonlySignal, signal } from '@preact/signals'
import type { Found, Hit, SearchRequest, WireError } from '../wire.gen'
import { SEARCH } from './search-id'

/** What became of what is looked for. */
export interface Findings {
  /** What is looked for; empty when nothing is. */
  readonly query: string
  /** Newest first. */
  readonly hits: readonly Hit[]
  /** `waiting` for a connection, `looking`, `more` where there may be, `all` at the log's beginning. */
  readonly stage: 'idle' | 'waiting' | 'looking' | 'more' | 'all' | 'refused'
}

export interface SearchOptions {
  /** False when there is nobody to ask just now. */
  send: (request: SearchRequest) => boolean
  /** Longer queries are cut, in characters. */
  most: number
}

/** The relay looks through so much at a time: it is asked on until there are so many to look at. */
const ENOUGH = 20
const NOTHING: Findings = { query: '', hits: [], stage: 'idle' }

let minted = 0

/** One search in a room at a time: asks, puts the answers together, and asks on. */
export class Search {
  readonly findings: ReadonlySignal<Findings>
  private readonly _findings = signal<Findings>(NOTHING)
  /** The request that is to be answered. */
  private id = ''
  private next: number | undefined
  private wanted = ENOUGH

  constructor(private readonly options: SearchOptions) {
    this.findings = this._findings
  }

  /** Looks for something else. */
  ask(typed: string): void {
    const query = [...typed].slice(0, this.options.most).join('').trim()
    if (query === this._findings.value.query) return
    this.id = ''
    this.next = undefined
    this.wanted = ENOUGH
    this._findings.value = { ...NOTHING, query }
    if (query !== '') this.send()
  }

  /** Looks further back. */
  more(): void {
    if (this._findings.value.stage !== 'more') return
    this.wanted = this._findings.value.hits.length + ENOUGH
    this.send()
  }

  /** The connection is there again: what went unanswered is asked again. */
  again(): void {
    const { stage } = this._findings.value
    if (stage === 'waiting' || stage === 'looking') this.send()
  }

  /** An answer came, perhaps to an earlier question. */
  answered(answer: Found | WireError): void {
    if (answer.id !== this.id) return
    const { hits } = this._findings.value
    if (!('hits' in answer)) {
      // Of a query of nothing but quotes nobody expects anything.
      this.put(answer.code === 'empty_search' ? 'idle' : 'refused')
      return
    }
    const known = new Set(hits.map(({ id }) => id))
    const all = [...hits, ...answer.hits.filter(({ id }) => !known.has(id))]
    this.next = answer.next
    this._findings.value = { ...this._findings.value, hits: all }
    if (this.next === undefined) this.put('all')
    else if (all.length < this.wanted) this.send()
    else this.put('more')
  }

  private send(): void {
    minted += 1
    this.id = `${SEARCH}${minted}`
    const before = this.next === undefined ? {} : { before: this.next }
    const sent = this.options.send({ id: this.id, query: this._findings.value.query, ...before })
    this.put(sent ? 'looking' : 'waiting')
  }

  private put(stage: Findings['stage']): void {
    this._findings.value = { ...this._findings.value, stage }
  }
}
