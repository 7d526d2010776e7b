// What the telephone asks of the hotline. No React and no API client here: whoever makes the
// telephone hands this in.

export interface IceServer {
  urls: string;
  username?: string;
  credential?: string;
}

/** As POST /api/v1/phone gives it. */
export interface PhoneLogin {
  device: string;
  secret: string;
  domain: string;
  socket: string;
  expires_at: number;
  ring_ms: number[];
  ring_hz: number[];
  ice: IceServer[];
}

export interface Door {
  /** A new secret for the page of this name; a former one is good no more. `take`: from another
   * page, too; without, it is refused (`phone_elsewhere`) while another has it. */
  login(page: string, take: boolean): Promise<PhoneLogin>;
  /** Registered: a talk that lost its agent goes on. */
  here(): Promise<void>;
  /** This page goes away; must get through from a page that is being closed. */
  leaving(): void;
  /** End the talk that goes on: the agent's own hang-up. */
  hangUp(): Promise<void>;
}
