import type { Words } from './en'

const number = (n: number) => n.toLocaleString('ko')

// Written so that no particle has to fit a name: its last sound can't be told from its spelling.
export const ko: Words = {
  appName: 'Snug',
  tagline: '우리 네트워크 안의 아늑한 대화방',

  nickname: '이름',
  nicknameHint: '다른 사람에게 보일 이름',
  roomName: '방 이름',
  anonymous: '익명',
  roomOf: (nickname) => `${nickname}의 방`,
  myRoom: '내 방',

  hostTitle: '내 방 열기',
  hostLead: '이 컴퓨터가 대화방이 돼요. 같은 네트워크라면 앱이나 브라우저로 누구나 들어올 수 있어요.',
  hostButton: '방 열기',
  hosting: '방을 여는 중…',
  joinTitle: '방에 들어가기',
  joinLead: '받은 초대 링크를 붙여 넣으세요.',
  joinLink: '초대 링크',
  joinPlaceholder: 'http://192.168.1.20:7684/r/…',
  joinButton: '들어가기',
  notAnInvite:
    '초대 링크가 아니에요. http://192.168.1.20:7684/r/… 처럼 생긴 링크를 방장에게 다시 받아 보세요.',
  recentTitle: '최근 방',
  hostAgain: '다시 열기',
  forget: (room) => `목록에서 ${room} 지우기`,
  recentHosted: '내가 연 방',
  recentJoined: '들어갔던 방',

  enterTitle: '초대받았어요',
  enterLead: '같은 네트워크에서 방이 열려 있어요. 이름을 정하고 들어오세요.',
  enterButton: '방에 들어가기',
  nicknameTooLong: (most) => `이름이 너무 길어요. ${most}자까지 쓸 수 있어요.`,
  nicknameRefused: '이 방에서는 쓸 수 없는 이름이에요. 더 짧고 단순한 이름을 써 보세요.',

  entering: '들어가는 중…',
  tryAgain: '다시 시도',
  back: '뒤로',
  cancel: '취소',
  close: '닫기',
  save: '저장',

  refusals: {
    wrong_secret: {
      title: '이 링크로는 들어갈 수 없어요',
      text: '초대 링크의 열쇠가 빠졌거나 바뀌었어요. #과 글자들로 끝나는 전체 링크를 방장에게 받아 주세요.',
    },
    no_such_room: {
      title: '여기에는 그런 방이 없어요',
      text: '컴퓨터는 응답했지만 이 방을 열고 있지 않아요. 방장에게 새 초대 링크를 받아 주세요.',
    },
    full: {
      title: '방이 가득 찼어요',
      text: '더 들어갈 자리가 없어요. 자리가 나는 대로 들어가게 해 드릴게요.',
    },
    bad_address: {
      title: '주소가 올바르지 않아요',
      text: '링크를 확인하거나 방장에게 다시 받아 주세요.',
    },
    unreachable: {
      title: '아직 방에 연결할 수 없어요',
      text: '방장과 같은 네트워크에 있는지, 방이 열려 있는지, 방화벽이 막고 있지 않은지 확인해 주세요.',
    },
    refused: {
      title: 'Snug 방이 아니에요',
      text: '이 주소에서 응답은 왔지만 Snug 방이 아니에요. 링크를 확인하거나 방장에게 다시 받아 주세요.',
    },
    bad_nickname: {
      title: '이 방에서 쓸 수 없는 이름이에요',
      text: '뒤로 가서 더 짧고 단순한 이름을 써 보세요.',
    },
    log_failed: {
      title: '방장의 컴퓨터가 이 방을 읽지 못해요',
      text: '그 컴퓨터의 디스크에 문제가 있어요. 다시 읽을 수 있게 되면 바로 들어갈게요.',
    },
    log_damaged: {
      title: '방장 컴퓨터에 있는 이 방의 기록이 손상됐어요',
      text: '기록 일부를 더는 읽을 수 없어요. 방장에게 방을 닫았다가 다시 열어 달라고 알려 주세요.',
    },
    stopping: {
      title: '방장이 방을 닫았어요',
      text: '방이 다시 열리면 바로 들어갈게요.',
    },
    other: {
      title: '방에 들어갈 수 없어요',
      text: '방장의 컴퓨터와 연결하는 데 문제가 있었어요. 잠시 뒤 다시 시도해 주세요.',
    },
  },
  keepsTrying: '계속 다시 시도하고 있어요…',

  shellErrors: {
    port_taken: {
      title: '방을 열 수 있는 포트가 없어요',
      text: 'Snug가 쓰려는 포트를 다른 프로그램이 쓰고 있어요. 그 프로그램을 닫거나 컴퓨터를 다시 시작해 주세요.',
    },
    data_not_writable: {
      title: '대화를 저장할 수 없어요',
      text: 'Snug 폴더에 쓸 수 없어요. 디스크에 빈 공간이 있는지, 쓰기 권한이 있는지 확인해 주세요.',
    },
    disk_full: {
      title: '디스크가 가득 찼어요',
      text: '빈 공간이 있어야 대화를 저장할 수 있어요. 필요 없는 것을 지우고 다시 시도해 주세요.',
    },
    data_foreign: {
      title: '저장된 방을 읽을 수 없어요',
      text: '방을 저장하는 자리에 Snug의 것이 아닌 파일이 있어요. 파일은 건드리지 않았으니, 옮기고 다시 시도해 주세요.',
    },
    data_newer: {
      title: '더 새로운 Snug로 만든 방이에요',
      text: '방은 그대로 두었어요. 최신 Snug를 설치하면 열 수 있어요.',
    },
    data_in_use: {
      title: 'Snug가 이미 열려 있어요',
      text: '다른 Snug가 저장된 방을 쓰고 있어요. 그 창을 닫고 다시 시도해 주세요.',
    },
    no_such_room: {
      title: '이 컴퓨터에 더는 없는 방이에요',
      text: '새 방을 열거나 목록에서 지워 주세요.',
    },
    bad_input: {
      title: '쓸 수 없는 이름이에요',
      text: '방 이름이나 내 이름을 더 짧고 단순하게 바꿔 보세요.',
    },
    io: {
      title: '실패했어요',
      text: '컴퓨터가 Snug에 필요한 작업을 거부했어요. 다시 시도하고, 계속되면 Snug를 다시 시작해 주세요.',
    },
  },

  people: '참여자',
  peopleCount: (n) => `${number(n)}명 참여 중`,
  morePeople: (n) => `외 ${number(n)}명`,
  you: '나',
  editNickname: '내 이름 바꾸기',

  invite: '초대',
  inviteTitle: '초대하기',
  inviteLead: '같은 네트워크에 있는 사람에게 링크를 보내거나 코드를 보여 주세요.',
  inviteLink: '초대 링크',
  copyLink: '링크 복사',
  copied: '복사했어요',
  copyFailed: '복사하지 못했어요. 링크를 선택해 두었으니 직접 복사해 주세요.',
  qrLabel: '초대 링크 QR 코드',
  otherAddresses: '이 컴퓨터의 다른 주소',
  useAddress: (address) => `${address} 쓰기`,
  inUse: '위 링크의 주소',
  address: '주소',
  addressNote: '주소는 말로 불러 주기 쉽지만, 전체 링크가 있어야 들어올 수 있어요.',
  addressNoteOpen: '주소만 말로 불러 줘도 들어올 수 있어요. 열려 있는 방이에요.',
  loopbackOnly: '지금은 네트워크에 연결되어 있지 않아서 이 컴퓨터에서만 링크를 열 수 있어요.',
  virtualAdapter: '가상',
  loopbackAdapter: '이 컴퓨터 전용',
  moved: (from) =>
    `${from}번 포트를 다른 프로그램이 쓰고 있어서 초대 링크가 바뀌었어요. 전에 쓰던 링크는 열리지 않아요.`,
  movedFrom: (from, to) =>
    `${from}번 포트를 다른 프로그램이 쓰고 있어서 주소가 바뀌었어요(새 주소: ${to}). 전에 공유한 링크는 열리지 않아요.`,
  setAside: (kept, lost, file) =>
    `저장된 대화가 손상됐어요. 메시지 ${number(kept)}개는 남아 있어요${lost === 0 ? '' : `(적어도 ${number(lost)}개는 잃었어요)`}. 손상된 파일은 여기에 있어요: ${file}`,
  cantOpen: '링크가 열리지 않나요?',
  cantOpenTips: [
    '같은 네트워크에 있어야 해요. 손님용 Wi-Fi는 기기끼리 연결을 막는 경우가 많아요.',
    '이 컴퓨터의 방화벽에서 Snug를 허용해야 해요.',
    '이 컴퓨터의 주소가 여러 개라면 다른 주소를 써 보세요.',
  ],

  stopHosting: '방 닫기',
  stopTitle: '방을 닫을까요?',
  stopText: (n) => `다른 ${number(n)}명의 연결이 끊겨요. 대화는 그대로 남아 있고, 언제든 다시 열 수 있어요.`,
  keepHosting: '계속 열어 두기',
  leave: '나가기',
  menu: '설정',
  theme: '화면 모드',
  themes: { system: '시스템', light: '밝게', dark: '어둡게' },
  language: '언어',
  languageSystem: '시스템',

  connections: {
    online: '연결됨',
    connecting: '연결 중…',
    offline: '오프라인',
    refused: '연결 안 됨',
  },
  offlineBar: '연결이 끊겼어요. 계속 다시 연결하고 있어요.',
  stoppingBar: '방장이 방을 닫았어요. 다시 열리면 바로 들어갈게요.',
  fullBar: '지금은 방이 가득 찼어요. 계속 시도하고 있어요.',
  troubleBar: '지금은 방장의 컴퓨터가 이 방을 읽지 못해요. 계속 시도하고 있어요.',
  waiting: (n) => `메시지 ${number(n)}개는 다시 연결되면 보낼게요.`,
  perishable:
    '이 브라우저가 입력한 메시지를 저장하지 못해요. 보낼 때까지 이 페이지를 닫지 마세요. 새로고침하면 사라져요.',
  backOnline: '다시 연결됐어요.',

  log: '메시지',
  beginning: (room) => `여기서부터 ${room}의 대화가 시작돼요.`,
  emptyTitle: '아직 조용하네요',
  emptyHost: '사람들을 초대하고 인사를 건네 보세요. 대화는 모두 이 컴퓨터에만 남아요.',
  emptyGuest: '먼저 인사를 건네 보세요. 대화는 방장의 컴퓨터에만 남아요.',
  emptyInvite: '초대하기',
  loadingHistory: '이전 메시지를 불러오는 중…',
  newMessages: (n) => `새 메시지 ${number(n)}개`,
  toNewest: '최신 메시지로 이동',
  noon: ['오전', '오후'],
  today: '오늘',
  yesterday: '어제',

  messageTools: '메시지 메뉴',
  copyText: '텍스트 복사',
  copyTextFailed: '복사하지 못했어요. 메시지를 선택해 두었으니 직접 복사해 주세요.',
  showMore: '더 보기',
  showLess: '접기',

  sending: '보내는 중…',
  waitingToSend: '보내기 대기 중',
  notYet: (why) => `아직 보내지 못했어요. ${why}. 계속 다시 시도할게요.`,
  troubles: {
    disk_full: '방장 컴퓨터의 디스크가 가득 찼어요',
    log_failed: '방장의 컴퓨터가 저장하지 못했어요',
    log_damaged: '방장 컴퓨터에 있는 이 방의 기록이 손상됐어요',
    stopping: '방장이 방을 닫고 있어요',
  },
  tryNow: '지금 보내기',
  sent: '보냄',
  notSent: '보내지 못함',
  retry: '다시 보내기',
  delete: '삭제',
  failures: {
    text_too_long: '이 방에서 보내기에는 너무 길어요',
    empty_message: '내용이 없어요',
    other: '방에서 거부했어요',
  },

  replaced: '방장의 컴퓨터에 있는 대화 기록이 바뀌었어요. 지금 보이는 것이 방장이 가진 기록이에요.',
  joined: (names) => `${names} 님이 들어왔어요`,
  left: (names) => `${names} 님이 나갔어요`,
  renamed: (was, now) => `${was} 님이 이름을 바꿨어요: ${now}`,
  youRenamed: (now) => `내 이름을 바꿨어요: ${now}`,
  othersCount: (n) => `외 ${number(n)}명`,

  message: '메시지',
  messageTo: (room) => `${room}에 메시지 보내기`,
  send: '보내기',
  suggestions: '추천 목록',
  suggestionCount: (n) => `추천 ${number(n)}개. 위아래 화살표로 고르고 Enter로 넣으세요.`,
  mentionsYou: '나를 부른 메시지',
  addEmoji: '이모지 넣기',
  emoji: '이모지',
  findEmoji: '이모지 찾기',
  noEmoji: '찾는 이모지가 없어요',
  emojiFound: '검색 결과',
  emojiRecent: '최근에 쓴 이모지',
  emojiGroups: {
    0: '표정과 감정',
    1: '사람과 몸',
    3: '동물과 자연',
    4: '음식과 음료',
    5: '여행과 장소',
    6: '활동',
    7: '사물',
    8: '기호',
    9: '깃발',
  },
  tooLong: (over) => `${number(over)}자 넘었어요`,
  charactersLeft: (n) => `${number(n)}자 남음`,
  unexpected: 'Snug를 시작하지 못했어요. 창을 닫고 다시 열어 주세요.',
}
