import { describe, expect, it } from 'vitest'
import { Way } from './way'

const INVITE = { address: '10.0.0.1:7684', room: 'abcd1234', secret: 'AAAAAAAAAAAAAAAAAAAAAA' }

describe('the way to a host', () => {
  it('is as the invite says, until something else is known', () => {
    expect(new Way(INVITE).best).toEqual({ ...INVITE, others: [] })
  })

  it('begins where it was reached last, and goes on to where the host says it is', () => {
    const way = new Way({ ...INVITE, others: ['10.0.0.9:7684'] })
    way.tells({ addresses: ['10.0.0.2:7684', '10.0.0.1:7684'], mark: 'M' })
    way.opened('10.0.0.9:7684')
    expect(way.best).toEqual({
      ...INVITE,
      address: '10.0.0.9:7684',
      others: ['10.0.0.2:7684', '10.0.0.1:7684'],
      mark: 'M',
    })
  })

  it('asks for no proof where the person says it is, and nowhere else', () => {
    const way = new Way({ ...INVITE, mark: 'M' })
    way.doubted('10.0.0.1:7684')
    expect(way.best).not.toHaveProperty('trusted')
    expect(way.unproven).toBe('10.0.0.1:7684')
    way.trust()
    way.doubted('10.0.0.2:7684')
    expect(way.best).toMatchObject({ mark: 'M', trusted: '10.0.0.1:7684' })
  })

  it('tries an address last where somebody else answered', () => {
    const way = new Way(INVITE)
    way.tells({ addresses: ['10.0.0.2:7684'], mark: 'M' })
    way.opened('10.0.0.1:7684')
    way.refused()
    expect(way.best.address).toBe('10.0.0.2:7684')
    expect(way.best.others).toEqual(['10.0.0.1:7684'])
    way.opened('10.0.0.1:7684')
    way.welcomed()
    expect(way.best.address).toBe('10.0.0.1:7684')
  })
})
