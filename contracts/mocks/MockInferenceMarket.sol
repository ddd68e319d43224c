// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IConsumer} from "../interfaces/IConsumer.sol";
import {RequestParams, RequestStatus} from "../types/Market.sol";

/// @title The network as a consumer sees it, for unit tests of consumers: pass it to `Consumer` as market and as vault.
/// @notice The test plays the network: it lets a request succeed (`fulfil`), fail by a slash (`fail`) or run out of time
/// (`timeOut`). Fees are really taken and refunds really credited.
contract MockInferenceMarket {
    using SafeERC20 for IERC20;

    /// @notice Thrown when a request is unknown or has ended.
    error NotOpen(bytes32 requestId, RequestStatus status);

    event Requested(bytes32 indexed requestId, address indexed requester, bytes input, uint96 fee);
    event Ended(bytes32 indexed requestId, RequestStatus status, bool delivered);

    struct Purchase {
        address requester;
        address consumer;
        uint32 callbackGas;
        uint96 fee;
        RequestStatus status;
    }

    address public immutable token;

    mapping(bytes32 requestId => Purchase) internal _purchases;
    mapping(address requester => uint256) public nonces;
    mapping(address account => uint256) public credit;

    constructor(address token_) {
        token = token_;
    }

    /// @notice As the market's `request`; every program id and version is known here.
    function request(RequestParams calldata params) external returns (bytes32 requestId) {
        requestId = keccak256(abi.encode(address(this), msg.sender, nonces[msg.sender]++));
        _purchases[requestId] = Purchase({
            requester: msg.sender,
            consumer: params.consumer,
            callbackGas: params.callbackGas,
            fee: params.fee,
            status: RequestStatus.Open
        });
        emit Requested(requestId, msg.sender, params.input, params.fee);
        IERC20(token).safeTransferFrom(msg.sender, address(this), params.fee);
    }

    /// @notice As the market's `cancel`.
    function cancel(bytes32 requestId) external {
        _end(requestId, RequestStatus.Cancelled, true);
    }

    /// @notice Finalizes a request and delivers `output` with exactly the gas promised. Returns whether the consumer took it.
    function fulfil(bytes32 requestId, bytes calldata output) external returns (bool delivered) {
        Purchase storage bought = _end(requestId, RequestStatus.Finalized, false);
        if (bought.consumer != address(0)) {
            bytes memory data = abi.encodeCall(IConsumer.onInference, (requestId, output));
            (delivered, ) = bought.consumer.call{gas: bought.callbackGas}(data);
        }
        emit Ended(requestId, RequestStatus.Finalized, delivered);
    }

    /// @notice Ends a request as the network does when the worker's answer was proven wrong.
    function fail(bytes32 requestId) external {
        _end(requestId, RequestStatus.Slashed, true);
        emit Ended(requestId, RequestStatus.Slashed, false);
    }

    /// @notice Ends a request as the network does when nobody claimed it in time.
    function timeOut(bytes32 requestId) external {
        _end(requestId, RequestStatus.Expired, true);
        emit Ended(requestId, RequestStatus.Expired, false);
    }

    /// @notice As the vault's `claimCredit`.
    function claimCredit(address to) external returns (uint256 amount) {
        amount = credit[msg.sender];
        credit[msg.sender] = 0;
        IERC20(token).safeTransfer(to, amount);
    }

    function purchase(bytes32 requestId) external view returns (Purchase memory) {
        return _purchases[requestId];
    }

    function _end(
        bytes32 requestId,
        RequestStatus status,
        bool refund
    ) internal returns (Purchase storage bought) {
        bought = _purchases[requestId];
        require(bought.status == RequestStatus.Open, NotOpen(requestId, bought.status));
        bought.status = status;
        if (refund) credit[bought.requester] += bought.fee;
    }
}
