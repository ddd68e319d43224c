// What the token reverts with: OpenZeppelin's ERC-20 errors, which most tokens share.
import { contractError } from "./ContractError.ts";
import { date } from "./words.ts";

export class ERC20InsufficientBalanceError extends contractError(
  "error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
  ({ sender }) => `${sender} has too few tokens.`,
) {}

export class ERC20InsufficientAllowanceError extends contractError(
  "error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)",
  ({ spender }) => `${spender} may not take that many tokens: approve more.`,
) {}

export class ERC20InvalidApproverError extends contractError(
  "error ERC20InvalidApprover(address approver)",
  "This account cannot approve.",
) {}

export class ERC20InvalidReceiverError extends contractError(
  "error ERC20InvalidReceiver(address receiver)",
  "This account cannot receive tokens.",
) {}

export class ERC20InvalidSenderError extends contractError(
  "error ERC20InvalidSender(address sender)",
  "This account cannot send tokens.",
) {}

export class ERC20InvalidSpenderError extends contractError(
  "error ERC20InvalidSpender(address spender)",
  "This account cannot be approved.",
) {}

export class ERC2612ExpiredSignatureError extends contractError(
  "error ERC2612ExpiredSignature(uint256 deadline)",
  ({ deadline }) => `The permit expired at ${date(deadline)}.`,
) {}

export class ERC2612InvalidSignerError extends contractError(
  "error ERC2612InvalidSigner(address signer, address owner)",
  "The permit was not signed by the owner of the tokens.",
) {}

export class InvalidAccountNonceError extends contractError(
  "error InvalidAccountNonce(address account, uint256 currentNonce)",
  ({ currentNonce }) => `The permit's nonce is not the account's next one, ${currentNonce}.`,
) {}

export class ECDSAInvalidSignatureError extends contractError(
  "error ECDSAInvalidSignature()",
  "The signature is not valid.",
) {}

export class ECDSAInvalidSignatureLengthError extends contractError(
  "error ECDSAInvalidSignatureLength(uint256 length)",
  ({ length }) => `A signature has 65 bytes, not ${length}.`,
) {}

export class ECDSAInvalidSignatureSError extends contractError(
  "error ECDSAInvalidSignatureS(bytes32 s)",
  "The signature is not in its canonical form.",
) {}

export class InvalidShortStringError extends contractError(
  "error InvalidShortString()",
  "A stored short string is malformed.",
) {}

export class StringTooLongError extends contractError(
  "error StringTooLong(string str)",
  "The token's name or version is too long.",
) {}

export class LocalChainOnlyError extends contractError(
  "error LocalChainOnly(uint256 chainId)",
  "This token is play money for local chains.",
) {}
