import { describe, expect, it } from 'vitest'
import type { Hit, SearchRequest } from '../wire.gen'
import { Search } from './search'

const hit = (seq: number): Hit => ({
  seq,
  at: seq,
  id: `m${seq}`,
  member: 'm',
  nickname: 'Mina',
  excerpt: [{ text: 'tea', marked: true }],
})
const hits = (...seqs: number[]) => seqs.map(hit)

function searching({ online = true } = {}) {
  const asked: SearchRequest[] = []
  const line = { online }
  const search = new Search({
    send: (request) => {
      if (line.online) asked.push(request)
      return line.online
    },
    most: 10,
  })
  const last = () => asked.at(-1)?.id ?? ''
  const stage = () => search.findings.value.stage
  const seqs = () => search.findings.value.hits.map(({ seq }) => seq)
  return { search, asked, line, last, stage, seqs }
}

describe('a search', () => {
  it('asks on until there is enough to look at, and then when it is wanted', () => {
    const { search, asked, last, stage, seqs } = searching()
    search.ask(' tea ')
    expect(asked[0]).toEqual({ id: last(), query: 'tea' })
    search.answered({ id: last(), hits: [], next: 900 })
    search.answered({ id: last(), hits: hits(800, 700), next: 700 })
    expect(asked.map(({ before }) => before)).toEqual([undefined, 900, 700])
    search.answered({ id: last(), hits: hits(...Array.from({ length: 20 }, (_, at) => 600 - at)), next: 500 })
    expect(stage()).toBe('more')
    search.more()
    expect(asked.at(-1)?.before).toBe(500)
    search.answered({ id: last(), hits: hits(1) })
    expect(stage()).toBe('all')
    expect(seqs().length).toBe(23)
    search.more()
    expect(asked.length).toBe(4)
  })

  it('hears no answer to what was asked before', () => {
    const { search, asked, stage, seqs } = searching()
    search.ask('tea')
    search.ask('tea time')
    search.answered({ id: asked[0]?.id ?? '', hits: hits(1) })
    expect(stage()).toBe('looking')
    search.answered({ id: asked[1]?.id ?? '', hits: hits(2, 1) })
    expect(seqs()).toEqual([2, 1])
    search.ask('')
    expect(search.findings.value).toEqual({ query: '', hits: [], stage: 'idle' })
  })

  it('asks the same again only when nobody answered', () => {
    const { search, asked, line, last, stage } = searching({ online: false })
    search.ask('tea')
    expect(stage()).toBe('waiting')
    line.online = true
    search.again()
    expect(stage()).toBe('looking')
    search.again()
    search.answered({ id: last(), hits: hits(1), next: 1 })
    search.again()
    expect(asked.map(({ before }) => before)).toEqual([undefined, undefined, 1, 1])
  })

  it('cuts what is too long, and says when it was refused', () => {
    const { search, asked, last, stage } = searching()
    search.ask('가나다라마바사아자차카타')
    expect(asked[0]?.query).toBe('가나다라마바사아자차')
    search.answered({ id: last(), code: 'log_failed', message: '' })
    expect(stage()).toBe('refused')
    search.ask('"')
    search.answered({ id: last(), code: 'empty_search', message: '' })
    expect(stage()).toBe('idle')
  })
})
