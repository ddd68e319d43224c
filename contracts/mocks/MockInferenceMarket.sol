// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IConsumer} from "../interfaces/IConsumer.sol";
import {IdLib} from "../libraries/IdLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";
import {FinalityLevel, Request, RequestState, RequestStatus} from "../types/Market.sol";

/// @title The network as a consumer sees it, for unit tests of consumers: pass it to `Consumer` as market and as vault.
/// @notice The test plays the network: a request is fulfilled at the level that it asked for (`fulfil`), then made final
/// (`finalize`) or overturned (`overturn`), or it fails by a slash (`fail`) or runs out of time (`timeOut`). Requests,
/// their ids, the hooks with their gas, fees and refunds are as on the network.
contract MockInferenceMarket {
    using SafeERC20 for IERC20;

    /// @notice Thrown when a request has not come as far as the call needs, or further.
    error WrongStatus(bytes32 requestId, RequestStatus status, RequestStatus required);

    /// @notice Thrown when a request is made twice with one salt.
    error RequestExists(bytes32 requestId);

    /// @notice Thrown when a requester is not the caller.
    error NotAuthorized(address caller, address account);

    /// @notice Thrown when an input does not hash to the request's root.
    error WrongRoot(bytes32 computed, bytes32 committed);

    event Requested(
        bytes32 indexed requestId,
        bytes32 indexed programId,
        address indexed requester,
        uint64 claimBy,
        Request request,
        bytes input
    );
    event Delivered(
        bytes32 indexed requestId,
        address indexed consumer,
        RequestStatus status,
        FinalityLevel level,
        bool success
    );

    struct Purchase {
        Request request;
        RequestStatus status; // `Committed` from a provisional delivery on
        bool delivered;
    }

    address public immutable token;

    mapping(bytes32 requestId => Purchase) internal _purchases;
    mapping(address account => uint256) public credit;

    constructor(address token_) {
        token = token_;
    }

    // As the market and the vault

    /// @notice As the market's `request`; every program id and version is known here.
    function request(Request calldata asked, bytes calldata input) external returns (bytes32 requestId) {
        require(msg.sender == asked.requester, NotAuthorized(msg.sender, asked.requester));
        if (asked.inputPosted) {
            bytes32 root = MerkleLib.byteRoot(input);
            require(root == asked.inputRoot, WrongRoot(root, asked.inputRoot));
        }
        requestId = requestIdOf(asked);
        Purchase storage bought = _purchases[requestId];
        require(bought.status == RequestStatus.None, RequestExists(requestId));
        bought.request = asked;
        bought.status = RequestStatus.Open;
        emit Requested(requestId, asked.programId, msg.sender, type(uint64).max, asked, input);
        IERC20(token).safeTransferFrom(msg.sender, address(this), asked.fee);
    }

    /// @notice As the market's `cancel`.
    function cancel(Request calldata asked) external {
        require(msg.sender == asked.requester, NotAuthorized(msg.sender, asked.requester));
        _close(requestIdOf(asked), RequestStatus.Open, RequestStatus.Cancelled);
    }

    /// @notice As the vault's `claimCredit`.
    function claimCredit(address to) external returns (uint256 amount) {
        amount = credit[msg.sender];
        credit[msg.sender] = 0;
        IERC20(token).safeTransfer(to, amount);
    }

    /// @notice As the market's `requestIdOf`.
    function requestIdOf(Request calldata asked) public view returns (bytes32) {
        return IdLib.requestId(address(this), asked);
    }

    /// @notice As the market's `requestState`; nobody claims here, and nothing has a deadline.
    function requestState(bytes32 requestId) external view returns (RequestState memory state) {
        state.status = _purchases[requestId].status;
    }

    // As the rest of the network

    /// @notice Answers a request: with a provisional delivery where it asks for one, else finally. Returns whether the
    /// consumer took the output; a call that failed may be made again.
    function fulfil(bytes32 requestId, bytes calldata output) external returns (bool delivered) {
        Purchase storage bought = _purchases[requestId];
        bool isFinal = bought.request.level != FinalityLevel.Provisional;
        RequestStatus reached = isFinal ? RequestStatus.Finalized : RequestStatus.Committed;
        bool again = bought.status == reached && !bought.delivered;
        if (!again) _require(requestId, RequestStatus.Open);
        bought.status = reached;
        FinalityLevel level = isFinal ? FinalityLevel.Final : FinalityLevel.Provisional;
        delivered = _call(
            requestId,
            level,
            abi.encodeCall(IConsumer.onInference, (requestId, level, output))
        );
        bought.delivered = delivered;
    }

    /// @notice Ends the window of a provisional result in peace.
    function finalize(bytes32 requestId) external {
        _require(requestId, RequestStatus.Committed);
        _purchases[requestId].status = RequestStatus.Finalized;
    }

    /// @notice Proves a provisional result wrong: the fee goes back, and the consumer is told.
    function overturn(bytes32 requestId) external returns (bool delivered) {
        _close(requestId, RequestStatus.Committed, RequestStatus.Slashed);
        return _tell(requestId, RequestStatus.Slashed);
    }

    /// @notice Ends a request as the network does when the answer was proven wrong before it was delivered.
    function fail(bytes32 requestId) external returns (bool delivered) {
        _close(requestId, RequestStatus.Open, RequestStatus.Slashed);
        return _tell(requestId, RequestStatus.Slashed);
    }

    /// @notice Ends a request as the network does when nobody claimed it in time.
    function timeOut(bytes32 requestId) external returns (bool delivered) {
        _close(requestId, RequestStatus.Open, RequestStatus.Expired);
        return _tell(requestId, RequestStatus.Expired);
    }

    function purchase(bytes32 requestId) external view returns (Purchase memory) {
        return _purchases[requestId];
    }

    // INTERNAL

    function _close(bytes32 requestId, RequestStatus required, RequestStatus status) internal {
        _require(requestId, required);
        Purchase storage bought = _purchases[requestId];
        bought.status = status;
        credit[bought.request.requester] += bought.request.fee;
    }

    function _tell(bytes32 requestId, RequestStatus status) internal returns (bool) {
        bytes memory data =
            _purchases[requestId].delivered
                ? abi.encodeCall(IConsumer.onOverturned, (requestId))
                : abi.encodeCall(IConsumer.onFailed, (requestId, status));
        return _call(requestId, FinalityLevel.Final, data);
    }

    /// @dev As on the network: exactly the gas that was promised, and nothing that the consumer returns.
    function _call(
        bytes32 requestId,
        FinalityLevel level,
        bytes memory data
    ) internal returns (bool success) {
        Purchase storage bought = _purchases[requestId];
        address consumer = bought.request.consumer;
        if (consumer == address(0)) return false;
        (success, ) = consumer.call{gas: bought.request.callbackGas}(data);
        emit Delivered(requestId, consumer, bought.status, level, success);
    }

    function _require(bytes32 requestId, RequestStatus required) internal view {
        RequestStatus status = _purchases[requestId].status;
        require(status == required, WrongStatus(requestId, status, required));
    }
}
