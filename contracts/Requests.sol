// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {Commitments} from "./Commitments.sol";
import {IInferenceMarket} from "./interfaces/IInferenceMarket.sol";
import {GeometryLib} from "./libraries/GeometryLib.sol";
import {IdLib} from "./libraries/IdLib.sol";
import {MerkleLib} from "./libraries/MerkleLib.sol";
import {PostingLib} from "./libraries/PostingLib.sol";
import {SplitLib} from "./libraries/SplitLib.sol";
import {State, StateLib} from "./libraries/StateLib.sol";
import {FinalityLevel, Method, Permit, Request, RequestState, RequestStatus} from "./types/Market.sol";
import {ProgramHeader} from "./types/Program.sol";

/// @title The requester's side of the market: requests are posted, taken back, and end without a claim.
/// @dev A request is kept as one word, how far it has come; what it asks is its id.
abstract contract Requests is IInferenceMarket, Commitments {
    using StateLib for mapping(bytes32 requestId => State);

    /// @dev What a version says that every request is held to, copied here because a version never changes and the way to
    /// `PARAMETERS` is long. In use from `lockPerFee`, which is never zero.
    struct Rules {
        uint96 minLock;
        uint16 lockPerFee;
        uint32 claimSeconds;
        uint32 deliverySeconds;
        uint32 windowSeconds;
        uint8 maxTraceDepth;
        uint8 maxTensorDepth;
        uint96 minFee;
    }

    uint32 internal constant MAX_CALLBACK_GAS = 500_000;
    uint32 internal constant MAX_PAUSE = 7 days;

    bytes32 internal constant DOMAIN_TYPEHASH = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    bytes internal constant REQUEST_TYPE =
        "Request(address requester,uint64 salt,bytes32 programId,bytes32 inputRoot,bool inputPosted,uint96 fee,"
        "uint16 version,uint8 method,uint8 level,address worker,address consumer,uint32 callbackGas)";
    bytes32 internal constant REQUEST_TYPEHASH = keccak256(REQUEST_TYPE);
    bytes32 internal constant ORDER_TYPEHASH = keccak256(
        abi.encodePacked("RequestOrder(Request request,uint64 validUntil)", REQUEST_TYPE)
    );

    mapping(bytes32 requestId => State) internal _states;
    mapping(uint16 version => Rules) internal _rules;
    uint40 internal _pausedUntil;
    uint40 internal _pauseAllowedFrom;

    modifier whileNotPaused() {
        _requireNotPaused();
        _;
    }

    constructor() {
        uint16 versions = PARAMETERS.versions();
        for (uint16 version = 1; version <= versions; ++version) _copyRules(version);
    }

    // REQUESTER

    /// @inheritdoc IInferenceMarket
    function request(Request calldata asked, bytes calldata input) external returns (bytes32 requestId) {
        _requireAuthorized(msg.sender == asked.requester, asked.requester);
        return _post(asked, input);
    }

    /// @inheritdoc IInferenceMarket
    function requestFor(
        Request calldata asked,
        bytes calldata input,
        uint64 validUntil,
        bytes calldata signature,
        Permit calldata permit
    ) external returns (bytes32 requestId) {
        bytes32 order = keccak256(
            abi.encode(ORDER_TYPEHASH, keccak256(abi.encode(REQUEST_TYPEHASH, asked)), validUntil)
        );
        // INVARIANT (I-54): an order counts on its chain, at its market, in its time, and once: its salt is used up.
        // GUARD: I-54
        require(
            block.timestamp <= validUntil &&
                SignatureChecker.isValidSignatureNowCalldata(
                    asked.requester,
                    MessageHashUtils.toTypedDataHash(_domain(), order),
                    signature
                ),
            InvalidOrder(asked.requester, validUntil)
        );
        if (permit.deadline != 0) {
            VAULT.permit(asked.requester, permit.value, permit.deadline, permit.v, permit.r, permit.s);
        }
        return _post(asked, input);
    }

    /// @inheritdoc IInferenceMarket
    function cancel(Request calldata asked) external {
        _requireAuthorized(msg.sender == asked.requester, asked.requester);
        (bytes32 requestId, RequestState memory state) = _load(asked, RequestStatus.Open);
        _close(requestId, state, RequestStatus.Cancelled, asked.requester, asked.fee, 0);
    }

    /// @inheritdoc IInferenceMarket
    function expire(Request calldata asked) external {
        (bytes32 requestId, RequestState memory state) = _load(asked, RequestStatus.Open);
        _requireOver(state.deadline);
        _close(requestId, state, RequestStatus.Expired, asked.requester, asked.fee, 0);
    }

    // GUARDIAN

    /// @inheritdoc IInferenceMarket
    function pauseNew(uint32 seconds_) external {
        _requireGuardian();
        // INVARIANT (I-51): at most seven days, then at least as long without.
        // GUARD: I-51.length
        require(
            seconds_ > 0 && seconds_ <= MAX_PAUSE && block.timestamp > _pauseAllowedFrom,
            InvalidPause(seconds_, MAX_PAUSE)
        );
        uint40 until = _in(seconds_);
        _pausedUntil = until;
        _pauseAllowedFrom = until + seconds_;
        emit Paused(until);
    }

    // VIEWS

    /// @inheritdoc IInferenceMarket
    function requestIdOf(Request calldata asked) external view returns (bytes32) {
        return IdLib.requestId(address(this), asked);
    }

    /// @inheritdoc IInferenceMarket
    function requestState(bytes32 requestId) external view returns (RequestState memory) {
        return _states.load(requestId);
    }

    // INTERNAL

    function _post(
        Request calldata asked,
        bytes calldata input
    ) internal whileNotPaused returns (bytes32 requestId) {
        Rules storage rules = _rules[asked.version];
        if (rules.lockPerFee == 0) _copyRules(asked.version);
        _checkTerms(asked, rules.minFee);
        _checkProgram(asked, input.length, rules.maxTraceDepth, rules.maxTensorDepth);
        if (asked.inputPosted) {
            // INVARIANT (S-07): the root is that of the posted bytes, so whoever reads the chain can check the answer.
            // GUARD: S-07
            _requireRoot(MerkleLib.byteRoot(input), asked.inputRoot);
        }

        // INVARIANT (A18, I-20): the id binds the question, so that a re-organisation cannot put another one under an answer.
        requestId = IdLib.requestId(address(this), asked);
        // INVARIANT (I-54): a question is asked once; asking it again takes another salt.
        // GUARD: I-54.salt
        require(_states[requestId].word == 0, RequestExists(requestId));
        RequestState memory state;
        state.status = RequestStatus.Open;
        state.deadline = _in(rules.claimSeconds);
        _states.store(requestId, state);
        emit Requested(requestId, asked.programId, asked.requester, state.deadline, asked, input);
        _move(VAULT.escrowFrom, asked.requester, asked.fee);
    }

    /// @dev The EIP-712 domain of orders. OpenZeppelin's keeps its names readable, for which there is no room here.
    function _domain() internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    DOMAIN_TYPEHASH,
                    keccak256("Assay Market"),
                    keccak256("1"),
                    block.chainid,
                    address(this)
                )
            );
    }

    /// @dev Reverts where there is no such version.
    function _copyRules(uint16 version) internal {
        Rules storage rules = _rules[version];
        (rules.minFee, rules.claimSeconds, rules.maxTraceDepth, rules.maxTensorDepth) = PARAMETERS
            .requestTerms(version);
        (rules.minLock, rules.lockPerFee, rules.deliverySeconds, rules.windowSeconds) = PARAMETERS.workTerms(
            version
        );
    }

    /// @dev Stake at risk for a request, from its claim to its end.
    function _lockOf(Request calldata asked) internal view returns (uint96) {
        Rules storage rules = _rules[asked.version];
        return SplitLib.lockFor(asked.fee, rules.minLock, rules.lockPerFee);
    }

    function _checkTerms(Request calldata asked, uint96 minFee) internal pure {
        require(asked.method == Method.Optimistic, MethodNotOffered(asked.method));
        require(asked.level != FinalityLevel.Accepted, LevelNotOffered(asked.method, asked.level));
        require(asked.fee >= minFee, FeeTooLow(asked.fee, minFee));
        require(
            asked.callbackGas <= MAX_CALLBACK_GAS &&
                (asked.consumer != address(0)) == (asked.callbackGas > 0),
            InvalidCallback(asked.consumer, asked.callbackGas, MAX_CALLBACK_GAS)
        );
    }

    function _checkProgram(
        Request calldata asked,
        uint256 inputLength,
        uint8 maxTraceDepth,
        uint8 maxTensorDepth
    ) internal view {
        ProgramHeader memory header = REGISTRY.activeHeader(asked.programId);
        uint256 required = asked.inputPosted ? header.inputBytes : 0;
        require(inputLength == required, WrongLength(inputLength, required));
        // INVARIANT (S-09): an input kept off the chain can be asked for, and be shown in time.
        // GUARD: S-09
        require(
            asked.inputPosted || (header.inputBytes > 0 && header.inputBytes <= PostingLib.MAX_BYTES),
            InputTooLarge(header.inputBytes, PostingLib.MAX_BYTES)
        );
        // SAFETY: 2^32 slots in 2^16 passes have 12 levels.
        uint8 traceDepth = uint8(GeometryLib.traceDepth(header.slots, header.maxPasses));
        // INVARIANT (S-14): a dispute takes no longer than the tier's formula says.
        // GUARD: S-14
        require(
            traceDepth <= maxTraceDepth && header.tensorDepth <= maxTensorDepth,
            ProgramTooDeep(traceDepth, header.tensorDepth, maxTraceDepth, maxTensorDepth)
        );
    }

    /// @dev Ends a request without a result: the fee goes back.
    function _close(
        bytes32 requestId,
        RequestState memory state,
        RequestStatus status,
        address requester,
        uint96 fee,
        uint96 penalty
    ) internal {
        _end(requestId, state, status, fee, penalty);
        _credit(requester, fee);
    }

    function _end(
        bytes32 requestId,
        RequestState memory state,
        RequestStatus status,
        uint96 refunded,
        uint96 penalty
    ) internal {
        state.status = status;
        _states.store(requestId, state);
        emit RequestClosed(requestId, status, refunded, penalty);
    }

    /// @dev How far the request has come, held to one status.
    function _load(
        Request calldata asked,
        RequestStatus required
    ) internal view returns (bytes32 requestId, RequestState memory state) {
        requestId = IdLib.requestId(address(this), asked);
        state = _states.load(requestId);
        // INVARIANT (I-24): a request moves on from one status at a time, and from its last one never.
        // GUARD: I-24
        require(state.status == required, WrongStatus(requestId, state.status, required));
    }

    function _in(uint32 seconds_) internal view returns (uint40) {
        // SAFETY: 40 bits hold unix seconds for 30,000 years.
        return uint40(block.timestamp + seconds_);
    }

    function _requireNotPaused() internal view {
        if (GUARDIAN == address(0)) return;
        // INVARIANT (I-51): a pause keeps out new work and nothing else, and ends by itself.
        // GUARD: I-51
        require(block.timestamp > _pausedUntil, NewWorkPaused(_pausedUntil));
    }

    function _requireAuthorized(bool authorized, address account) internal view {
        require(authorized, NotAuthorized(msg.sender, account));
    }

    function _requireOver(uint40 deadline) internal view {
        // INVARIANT (I-23): a call at a deadline is in time, so a poke needs it to have passed.
        // GUARD: I-23
        require(block.timestamp > deadline, DeadlineNotReached(deadline));
    }

    function _requireInTime(uint40 deadline) internal view {
        // GUARD: I-23.late
        require(block.timestamp <= deadline, DeadlinePassed(deadline));
    }

    function _requireRoot(bytes32 computed, bytes32 committed) internal pure {
        require(computed == committed, WrongRoot(computed, committed));
    }
}
