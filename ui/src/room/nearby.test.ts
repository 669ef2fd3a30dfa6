import { describe, expect, it } from 'vitest'
import type { NearbyRoom, RecentRoom } from '../shell.gen'
import { inviteKey } from './invite'
import { givenInvite, nearbyInvite, recentInvite, turnedOut } from './nearby'

const nearby: NearbyRoom = {
  room: 'abcd1234',
  name: 'Den',
  open: false,
  addresses: ['192.168.1.20:7684', '192.168.1.21:7684'],
}
const recent = (link: string, hosted = false): RecentRoom => ({
  room: 'abcd1234',
  name: 'Den',
  link,
  others: [],
  mark: null,
  host_key: null,
  token: null,
  hosted,
  last_used: 1,
})

describe('a room nearby', () => {
  it('is joined by its addresses, without a key', () => {
    expect(nearbyInvite(nearby, [])).toEqual({
      address: '192.168.1.20:7684',
      others: ['192.168.1.21:7684'],
      room: 'abcd1234',
    })
    expect(nearbyInvite({ ...nearby, addresses: [] }, [])).toBeNull()
  })

  it('that is known, at an address that is known, is joined as before', () => {
    const known = recent('http://192.168.1.21:7684/r/abcd1234#AAAAAAAAAAAAAAAAAAAAAA')
    expect(nearbyInvite(nearby, [known])).toEqual({
      address: '192.168.1.21:7684',
      others: [],
      room: 'abcd1234',
      secret: 'AAAAAAAAAAAAAAAAAAAAAA',
    })
  })

  it('whose host can prove itself is joined as before, wherever it is now', () => {
    const link = 'http://192.168.1.99:7684/r/abcd1234#AAAAAAAAAAAAAAAAAAAAAA'
    const known = { ...recent(link), others: ['192.168.1.98:7684'], mark: 'M' }
    const invite = nearbyInvite(nearby, [known])
    expect(invite).toEqual({
      address: '192.168.1.99:7684',
      others: ['192.168.1.98:7684'],
      room: 'abcd1234',
      secret: 'AAAAAAAAAAAAAAAAAAAAAA',
      mark: 'M',
    })
  })

  it('that says it is a known one, from elsewhere, learns neither the key nor who one is', () => {
    const known = recent('http://192.168.1.99:7684/r/abcd1234#AAAAAAAAAAAAAAAAAAAAAA')
    const invite = nearbyInvite(nearby, [known])
    expect(invite?.secret).toBeUndefined()
    expect(invite && inviteKey(invite)).not.toBe(inviteKey({ address: '', room: 'abcd1234' }))
  })

  it('is given the key to be its host as little as any other key', () => {
    const known = { ...recent('http://192.168.1.21:7684/r/abcd1234'), host_key: 'BBBBBBBBBBBBBBBBBBBBBB' }
    expect(nearbyInvite(nearby, [known])).toMatchObject({ host: 'BBBBBBBBBBBBBBBBBBBBBB' })
    const moved = nearbyInvite({ ...nearby, addresses: ['192.168.1.66:7684'] }, [known])
    expect(moved).toEqual({ address: '192.168.1.66:7684', others: [], room: 'abcd1234', stranger: true })
  })
})

describe('a room one has been in', () => {
  it('by its bare address is the same room, and one the same member, the next time', () => {
    const known = { ...recent('http://192.168.1.20:7684/'), mark: 'M', token: '192.168.1.20:7684' }
    expect(recentInvite(known)).toEqual({
      address: '192.168.1.20:7684',
      others: [],
      room: 'abcd1234',
      mark: 'M',
      token: '192.168.1.20:7684',
    })
  })

  it('is found by a link that carries no key, at its address and where it was before', () => {
    const known = {
      ...recent('http://192.168.1.20:7684/r/abcd1234#AAAAAAAAAAAAAAAAAAAAAA'),
      others: ['192.168.1.21:7684'],
      mark: 'M',
    }
    expect(givenInvite({ address: '192.168.1.21:7684', room: 'abcd1234' }, [known])).toEqual({
      address: '192.168.1.21:7684',
      others: ['192.168.1.20:7684'],
      room: 'abcd1234',
      secret: 'AAAAAAAAAAAAAAAAAAAAAA',
      mark: 'M',
    })
    for (const given of [
      { address: '192.168.1.21:7684', room: 'other123' },
      { address: '192.168.1.21:7684', room: 'abcd1234', secret: 'BBBBBBBBBBBBBBBBBBBBBB' },
    ]) {
      expect(givenInvite(given, [known])).toEqual(given)
    }
  })

  it('is not told its key where a link without one leads elsewhere and nobody could prove to be it', () => {
    const known = recent('http://192.168.1.20:7684/r/abcd1234#AAAAAAAAAAAAAAAAAAAAAA')
    const given = { address: '192.168.1.66:7684', room: 'abcd1234' }
    expect(givenInvite(given, [known])).toEqual({ ...given, stranger: true })
  })

  it('that a bare address turns out to lead to is come into as that room, and proves to be it', () => {
    const known = { ...recent('http://192.168.1.20:7684/r/abcd1234#AAAAAAAAAAAAAAAAAAAAAA'), mark: 'M' }
    expect(turnedOut({ address: '192.168.1.66:7684' }, 'abcd1234', [known])).toEqual({
      address: '192.168.1.66:7684',
      others: ['192.168.1.20:7684'],
      room: 'abcd1234',
      secret: 'AAAAAAAAAAAAAAAAAAAAAA',
      mark: 'M',
    })
    expect(turnedOut({ address: '192.168.1.66:7684' }, 'other123', [known])).toBeNull()
  })

  it('by a link or an address that has a key is come into with that key', () => {
    const known = { ...recent('http://192.168.1.20:7684/r/abcd1234#AAAAAAAAAAAAAAAAAAAAAA'), mark: 'M' }
    const bare = {
      address: '192.168.1.20:7684',
      secret: 'BBBBBBBBBBBBBBBBBBBBBB',
      host: 'CCCCCCCCCCCCCCCCCCCCCC',
    }
    expect(turnedOut(bare, 'abcd1234', [known])).toMatchObject({ ...bare, mark: 'M' })
    const given = { address: '192.168.1.66:7684', room: 'abcd1234', secret: 'BBBBBBBBBBBBBBBBBBBBBB' }
    expect(givenInvite(given, [{ ...known, mark: null }])).toEqual({ ...given, stranger: true })
  })

  it('is a stranger’s at another address where nothing can prove it, and so is one of one’s own', () => {
    const link = 'http://192.168.1.20:7684/r/abcd1234#AAAAAAAAAAAAAAAAAAAAAA'
    const bare = '192.168.1.66:7684'
    const stranger = { address: bare, room: 'abcd1234', stranger: true, token: bare }
    expect(turnedOut({ address: '192.168.1.66:7684' }, 'abcd1234', [recent(link)])).toEqual(stranger)
    const own = { ...recent(link, true), mark: 'M' }
    expect(turnedOut({ address: '192.168.1.66:7684' }, 'abcd1234', [own])).toEqual(stranger)
  })
})
