import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { local } from '../transport/storage'
import { messageId } from './ids'
import type { Room } from './room'
import { mine, type Relay, Stage } from './stage.fixture'

describe('what one says', () => {
  let stage: Stage
  let relay: Relay
  let room: Room
  const pending = () => room.state.value.pending.map(({ text }) => text)

  beforeEach(() => {
    stage = new Stage()
    relay = stage.relay
    room = stage.room
  })
  afterEach(() => stage.end())

  it('sends what was typed before one was in, in order, once welcomed', async () => {
    room.say('one')
    room.say('two')
    await relay.welcomes()
    expect(relay.texts).toEqual(['one', 'two'])
    expect(relay.remembered).toEqual([['Den', false]])
  })

  it('sends again, under the same ids, what was not acknowledged', async () => {
    await relay.welcomes()
    room.say('one')
    room.say('two')
    const [first, second] = relay.ids
    relay.tell('ack', { acks: [{ id: first, seq: 1 }] })
    await relay.drops()
    room.say('three')
    await relay.welcomes({ resumed: true })
    expect(relay.texts).toEqual(['two', 'three'])
    expect(relay.ids[0]).toBe(second)
    expect(relay.heard[0]?.payload.since).toEqual({ epoch: 'one', seq: 0, at: 0 })
  })

  it('does not send again what the missed events show', async () => {
    await relay.welcomes()
    room.say('one')
    const [id] = relay.ids
    await relay.drops()
    await relay.welcomes({
      resumed: true,
      head: 1,
      events: [
        {
          seq: 1,
          at: 1,
          member: 'me',
          nickname: 'Mina',
          id: id ?? '',
          body: { kind: 'message', text: 'one' },
        },
      ],
    })
    expect(relay.texts).toEqual([])
    expect(pending()).toEqual([])
  })

  it('keeps what was refused, through a reload, until it is sent again or deleted', async () => {
    await relay.welcomes()
    room.say('one')
    const [id = ''] = relay.ids
    relay.tell('error', { code: 'text_too_long', message: '', id })
    expect(room.state.value.pending[0]?.failed).toBe('text_too_long')
    await relay.drops()
    await relay.welcomes()
    expect(relay.texts).toEqual([])
    room.leave()
    room = stage.enters()
    await relay.welcomes()
    expect(relay.texts).toEqual([])
    expect(room.state.value.pending[0]?.failed).toBe('text_too_long')
    room.outgoing.retry(id)
    expect(relay.ids).toEqual([id])
    expect(room.state.value.pending[0]?.failed).toBeUndefined()
    relay.tell('error', { code: 'text_too_long', message: '', id })
    expect(room.outgoing.withdraw(id)).toBe(true)
    expect(pending()).toEqual([])
  })

  it('sends by itself, in order, what the host could not take', async () => {
    await relay.welcomes()
    room.say('one')
    room.say('two')
    for (const id of relay.ids) relay.tell('error', { code: 'disk_full', message: '', id })
    expect(room.state.value.pending.map(({ held }) => held)).toEqual(['disk_full', 'disk_full'])
    room.say('three')
    const [one = '', two = ''] = relay.ids
    expect(relay.texts).toEqual(['one', 'two'])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(relay.texts).toEqual(['one', 'two', 'one'])
    relay.tell('ack', { acks: [{ id: one, seq: 1 }] })
    relay.tell('ack', { acks: [{ id: two, seq: 2 }] })
    expect(relay.texts).toEqual(['one', 'two', 'one', 'two', 'three'])
    expect(room.state.value.pending.map(({ seq }) => seq)).toEqual([1, 2, undefined])
  })

  it('lets nobody take back what has just been sent again: it would be said twice', async () => {
    await relay.welcomes()
    room.say('only once')
    const [id = ''] = relay.ids
    relay.tell('error', { code: 'disk_full', message: '', id })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(relay.ids).toEqual([id, id])
    expect(room.state.value.pending).toMatchObject([{ text: 'only once' }])
    expect(room.state.value.pending[0]?.held).toBeUndefined()
    expect(room.takeUp()).toBeNull()
    expect(room.outgoing.withdraw(id)).toBe(false)
    expect(pending()).toEqual(['only once'])
    expect(room.draft.writing.value.text).toBe('')
    relay.tell('error', { code: 'disk_full', message: '', id })
    expect(room.state.value.pending[0]?.held).toBe('disk_full')
    expect(room.takeUp()).toBe('only once')
    expect(pending()).toEqual([])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(relay.ids).toEqual([id, id])
  })

  it('gives nobody back the second one either, once its turn has come', async () => {
    await relay.welcomes()
    room.say('one')
    room.say('two')
    const [one = '', two = ''] = relay.ids
    for (const id of relay.ids) relay.tell('error', { code: 'disk_full', message: '', id })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(room.state.value.pending.map(({ held }) => held)).toEqual([undefined, 'disk_full'])
    relay.tell('ack', { acks: [{ id: one, seq: 1 }] })
    expect(relay.ids).toEqual([one, two, one, two])
    expect(room.takeUp()).toBeNull()
    expect(room.outgoing.withdraw(two)).toBe(false)
  })

  it('sends the others when one in the middle is refused', async () => {
    for (const text of ['one', 'two', 'three']) room.say(text)
    await relay.welcomes()
    const [one = '', two = '', three = ''] = relay.ids
    relay.tell('ack', { acks: [{ id: one, seq: 1 }] })
    relay.tell('error', { code: 'text_too_long', message: '', id: two })
    relay.tell('ack', { acks: [{ id: three, seq: 2 }] })
    await relay.drops()
    await relay.welcomes({ resumed: true, head: 2, events: [mine(1, one, 'one'), mine(2, three, 'three')] })
    expect(relay.texts).toEqual([])
    expect(pending()).toEqual(['two'])
  })

  it('sends what is typed during the resend behind what is resent', async () => {
    for (const text of ['one', 'two']) room.say(text)
    await relay.opens()
    room.say('three')
    await relay.welcomes()
    room.say('four')
    expect(relay.texts).toEqual(['one', 'two', 'three', 'four'])
  })

  it('says again what a log that is gone had acknowledged before anyone saw it', async () => {
    await relay.welcomes({ head: 1, events: [mine(1, 'x', 'before')] })
    room.say('one')
    const [id = ''] = relay.ids
    relay.tell('ack', { acks: [{ id, seq: 2 }] })
    await relay.drops()
    await relay.welcomes({ epoch: 'two', head: 0 })
    expect(relay.ids).toEqual([id])
    expect(room.state.value.notices.map(({ kind }) => kind)).toEqual(['replaced'])
  })

  it('sends and shows nothing of one room in another that is found at the same bare address', async () => {
    room.leave()
    room = stage.enters({ address: 'h:1' })
    await relay.welcomes()
    room.draft.write('half a th')
    room.say('for the first room')
    await relay.drops()
    await relay.opens()
    expect(relay.heard[0]?.payload.room).toBe(relay.room)
    room.leave()
    const first = relay.room
    relay.room = `${first}-other`
    room = stage.enters({ address: 'h:1' })
    await relay.welcomes()
    expect(relay.texts).toEqual([])
    expect(room.draft.writing.value.text).toBe('')
    const there = room.keptAs.value
    room.leave()
    relay.room = first
    room = stage.enters({ address: 'h:1' })
    await relay.welcomes()
    expect(relay.texts).toEqual(['for the first room'])
    expect(room.draft.writing.value.text).toBe('half a th')
    expect(room.keptAs.value).not.toBe(there)
  })

  it('knows that a reload would lose what could not be stored, and asks before one', async () => {
    expect(room.outgoing.perishable.value).toBe(false)
    // There is no storage at all where these tests run.
    room.say('one')
    expect(room.outgoing.perishable.value).toBe(true)
    expect(stage.happens('beforeunload')).toBe(false)
    await relay.welcomes()
    relay.tell('ack', { acks: [{ id: relay.ids[0], seq: 1 }] })
    expect(room.outgoing.perishable.value).toBe(false)
    expect(stage.happens('beforeunload')).toBe(true)
  })

  it('starts anew with another log, and sends there what this one had not taken', async () => {
    await relay.welcomes()
    room.say('one')
    await relay.drops()
    await relay.welcomes({ epoch: 'two' })
    expect(relay.texts).toEqual(['one'])
  })

  describe('in two tabs', () => {
    /** The other tab of the same browser changes what is stored, of which this one is told. */
    const change = (id: string, value: object | null) => {
      const key = `snug.outbox.${relay.room}.${id}`
      const newValue = value === null ? null : JSON.stringify(value)
      if (newValue === null) local.remove(key)
      else local.set(key, newValue)
      stage.happens('storage', { key, newValue })
    }

    it('shows as sent what the other tab was acknowledged', async () => {
      await relay.welcomes()
      room.say('one')
      const [id = ''] = relay.ids
      change(id, { id, text: 'one', at: 1, seq: 1 })
      change(id, null)
      expect(room.state.value.pending).toMatchObject([{ id, seq: 1 }])
      await relay.drops()
      await relay.welcomes({ resumed: true })
      expect(relay.texts).toEqual([])
      relay.tell('events', { events: [mine(1, id, 'one')] })
      expect(pending()).toEqual([])
    })

    it('drops what the other tab deleted, and follows what it tries again', async () => {
      room.say('one')
      room.say('two')
      const [one, two] = room.state.value.pending
      if (!one || !two) throw new Error('both wait')
      change(one.id, null)
      change(two.id, { ...two, failed: 'text_too_long' })
      expect(room.state.value.pending).toMatchObject([{ text: 'two', failed: 'text_too_long' }])
      change(two.id, two)
      await relay.welcomes()
      expect(relay.texts).toEqual(['two'])
    })

    it('leaves to the other tab what it has just typed, and takes it over on coming back', async () => {
      await relay.welcomes()
      const id = messageId()
      const item = { id, text: 'from the other tab', at: 1 }
      change(id, item)
      expect(pending()).toEqual([])
      await relay.drops()
      await relay.welcomes({ resumed: true })
      expect(relay.ids).toEqual([id])
      expect(pending()).toEqual(['from the other tab'])
    })
  })

  describe('with files', () => {
    const attach = async (...names: string[]) => {
      await room.attachments.add(names.map((name) => new File(['words'], name)))
      await vi.advanceTimersByTimeAsync(50)
      return room.attachments.uploads.value?.list.value.filter(({ message }) => message === null) ?? []
    }
    const files = () =>
      relay.heard.filter(({ type }) => type === 'new_message').map(({ payload }) => payload.files ?? null)

    it('names the uploads of those that are there already', async () => {
      await relay.welcomes()
      room.say('look', null, await attach('a.txt', 'b.txt'))
      expect(relay.texts).toEqual(['look'])
      expect(files()).toEqual([['up1', 'up2']])
      const [id] = relay.ids
      relay.tell('events', { events: [mine(1, id ?? '', 'look')] })
      expect(room.attachments.uploads.value?.list.value).toEqual([])
      expect(room.outgoing.hasFiles).toBe(false)
    })

    it('waits for what is on its way, and later messages don’t', async () => {
      await relay.welcomes()
      relay.takes = false
      room.say('look', null, await attach('a.txt'))
      room.say('never mind that')
      expect(relay.texts).toEqual(['never mind that'])
      expect(room.outgoing.hasFiles).toBe(true)
      expect(stage.happens('beforeunload')).toBe(false)
      relay.takes = true
      await vi.advanceTimersByTimeAsync(5_000)
      expect(relay.texts).toEqual(['never mind that', 'look'])
      expect(files()).toEqual([null, ['up1']])
    })

    it('goes on as soon as the host is back', async () => {
      await relay.welcomes()
      relay.takes = false
      room.say('look', null, await attach('a.txt'))
      await vi.advanceTimersByTimeAsync(60_000)
      relay.takes = true
      await relay.drops()
      await relay.welcomes({ resumed: true })
      await vi.advanceTimersByTimeAsync(50)
      expect(relay.texts).toEqual(['look'])
    })

    it('goes without one that is taken off, and not at all without the last', async () => {
      await relay.welcomes()
      relay.takes = false
      const [one, other] = await attach('a.txt', 'b.txt')
      room.say('', null, one && other ? [one, other] : [])
      const id = room.state.value.pending[0]?.id ?? ''
      room.outgoing.detach(id, one?.key ?? '')
      expect(room.state.value.pending[0]?.files?.map(({ name }) => name)).toEqual(['b.txt'])
      room.outgoing.detach(id, other?.key ?? '')
      expect(room.state.value.pending).toEqual([])
      expect(room.outgoing.hasFiles).toBe(false)
    })

    it('sends them once more where the host has lost them, and a second time gives up', async () => {
      await relay.welcomes()
      room.say('look', null, await attach('a.txt'))
      const [id] = relay.ids
      relay.tell('error', { code: 'no_such_upload', message: '', id })
      expect(room.state.value.pending[0]?.failed).toBeUndefined()
      await vi.advanceTimersByTimeAsync(50)
      expect(files()).toEqual([['up1'], ['up2']])
      relay.tell('error', { code: 'no_such_upload', message: '', id })
      expect(room.state.value.pending[0]?.failed).toBe('no_such_upload')
    })

    it('keeps the words through a reload, and says which files it couldn’t', async () => {
      await relay.welcomes()
      relay.takes = false
      room.say('look', null, await attach('a.txt'))
      await attach('draft.txt')
      room = stage.enters()
      await relay.welcomes()
      expect(room.attachments.lost.value).toEqual(['draft.txt'])
      expect(room.state.value.pending).toEqual([
        expect.objectContaining({ text: 'look', failed: 'files_lost' }),
      ])
      expect(relay.texts).toEqual([])
      room.outgoing.retry(room.state.value.pending[0]?.id ?? '')
      expect(relay.texts).toEqual(['look'])
      expect(files()).toEqual([null])
      room.attachments.forgetLost()
      expect(stage.enters().attachments.lost.value).toEqual([])
    })
  })
})
