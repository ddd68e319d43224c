// What an operator can do about an error that does not say so itself, by the error's name.

export const remedies: Readonly<Record<string, string>> = {
  // The chain cannot be reached
  HttpRequestError: "Check that the endpoint runs and answers, or name another one with --rpc-urls",
  TimeoutError: "Try again, or give --rpc-timeout-seconds more time",
  WaitForTransactionReceiptTimeoutError:
    "The transaction may still be mined: look it up before sending it again",

  // Settings
  UnknownChainError: "Name a file with the contract addresses: --deployment deployment.json",
  InvalidDeploymentError: "Use the deployment.json that the deployment or `assay devnet` wrote",
  MissingAccountError: "Create a key with `assay keys create`, or name one with --key",

  // Money
  InsufficientFundsError: "Send the account coins for gas; on a devnet: assay faucet",
  InsufficientBalanceError: "Send the account tokens; on a devnet: assay faucet",
  InsufficientStakeError: "Stake more with `assay stake`, or wait until open commitments end",
  InsufficientAllowanceError: "Leave out --no-approve, or approve the vault first",
  ERC20InsufficientBalanceError: "Send the account tokens; on a devnet: assay faucet",
  NothingToClaimError:
    "Credit appears when a commitment is final, a request is refunded or a dispute is settled",
  NothingToWithdrawError:
    "Stake can be withdrawn when its unbonding has ended: `assay status` shows the times",
  FeeTooLowError: "Offer at least the minimum with --fee, or choose another --tier",
  FeeAboveMaximumError: "Raise --max-fee, or ask for another method",
  ZeroAmountError: "Give an amount above 0",
  TooManyTranchesError: "Withdraw what has finished unbonding first: `assay withdraw`",

  // Programs
  ProgramNotActiveError: "`assay programs list` shows the programs that are registered",
  ProgramNotFoundError: "`assay programs list` shows the programs that are registered",
  ProgramTooDeepError: "Choose a tier for larger programs with --tier",
  UnknownVersionError: "`assay status` shows the tiers of this deployment",
  MethodNotOfferedError: "Ask for --method optimistic",

  // Channels and receipts
  ChannelNotFoundError: "Open it with `assay channel open WORKER AMOUNT`; `assay channel list` shows yours",
  UnknownChannelError: "Open it with `assay channel open WORKER AMOUNT`; `assay channel list` shows yours",
  WorkerUnreachableError:
    "Check the URL and try again; ask the same question again after a lost answer: it is paid for once",
  MalformedAnswerError: "Check that the URL is a worker's server; otherwise ask another worker",
  WorkerRefusedError: "`details` says why; nothing is owed",
  NotPayerError: "Pay with the key that opened the channel: --key",
  OtherWorkerError:
    "Name the server of the channel's worker, or the channel with this one: `assay channel list`",
  NotOfferedError: "Ask for what the worker offers, or ask another worker",
  InputLengthError: "Make the input with --input or --prompt, or correct the file of --raw",
  SessionKeyNotAuthorisedError: "Wait until the worker is ready; pay nothing for receipts of such a key",
  EscrowTooSmallError: "Deposit more: `assay channel top-up CHANNEL AMOUNT`",
  ReceiptUncoveredError:
    "Wait until receipts can no longer be challenged, or until the worker has put more stake behind the channel",
  PaidWithoutReceiptError:
    "The worker took money for nothing, or these are not the books: leave it, or write the difference off with --write-off",
  UnsettledChannelError:
    "Ask the question again whose answer was lost, or write the difference off with --write-off",
  ReceiptSignatureError: "Nothing is owed for it: ask another worker",
  ReceiptMismatchError: "Nothing is owed for it: ask another worker",
  ReceiptFeeError: "Nothing is owed for it: ask another worker",
  ReceiptLiabilityError: "Nothing is owed for it: ask another worker",
  ReceiptTimeError: "Nothing is owed for it: ask another worker",
  ReceiptReplayedError: "Nothing is owed for it: ask another worker",
  ReceiptRightError: "Leave it alone; a dispute would lose its bond",
  ReceiptWaitTimeoutError: "Wait again: `assay receipt check RECEIPT --wait`",
  NothingToTakeError: "`assay channel status CHANNEL` shows when it can be taken",
  StillLeavingError: "`assay channel status CHANNEL` shows when it can be taken",
  NotDemandableError: "`assay receipt check RECEIPT` shows from when and until when the worker can be asked",
  AnswerPendingError: "The worker has time to answer: run the command again when it is over",
  InvalidBooksError:
    "Restore payments.sqlite of the data folder; without it a worker is believed what it is owed",

  // Requests and disputes
  RequestNotFoundError: "Check the id, and that --deployment and --rpc-urls name the chain it was made on",
  CommitmentNotFoundError: "Check the id, and that --deployment and --rpc-urls name the chain it was made on",
  DisputeNotFoundError: "`assay disputes list` shows the disputes of this chain",
  WaitTimeoutError: "The request goes on: run `assay request --resume REQUEST_ID` to wait again",
  RequestFailedError: "The fee is back in your credit: `assay rewards claim`; then ask again",
  ResultNotAvailableError: "Wait until a worker has answered: `assay request --resume REQUEST_ID`",
  NotAuthorizedError: "The owner grants the key its roles: `assay keys authorize`",
  NotWorkerKeyError: "The owner grants the key its roles: `assay keys authorize`",
  WindowClosedError: "A commitment can only be challenged while its window is open",
  WorkerToMoveError: "Wait for the worker's move, or for its deadline: then `assay disputes timeout`",
  ClockRunningError: "Wait until the deadline has passed",
  ClockExpiredError: "The side to move is too late: `assay disputes timeout` ends the dispute",
  NothingToSettleError: "Bonds and rewards are paid after the airgap that follows a slash",
};
