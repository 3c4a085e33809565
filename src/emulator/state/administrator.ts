/**
 * The administrator of every emulator: may do everything, is never listed and cannot be deleted. The
 * credentials are fixed and public; the emulator only listens on loopback addresses, so they open nothing.
 */
export const ADMINISTRATOR = {
  serviceTokenId: 'emulatoradm1',
  serviceToken: 'pscale_tkn_emulator_administrator',
  userToken: 'pscale_oauth_emulator_administrator',
  userName: 'Robin',
} as const;
