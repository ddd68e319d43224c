// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InferenceMarket} from "../../contracts/InferenceMarket.sol";
import {IConsumer} from "../../contracts/interfaces/IConsumer.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {RequestParams, RequestStatus} from "../../contracts/types/Market.sol";
import {ProtocolTest} from "./support/ProtocolTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice Writes down how much gas it was given.
contract MeterConsumer is IConsumer {
    uint256 public gasAtEntry;
    bytes public output;

    function onInference(bytes32, bytes calldata given) external {
        gasAtEntry = gasleft();
        output = given;
    }
}

contract RevertingConsumer is IConsumer {
    function onInference(bytes32, bytes calldata) external pure {
        revert();
    }
}

/// @notice Returns as many bytes as its gas pays for.
contract BombConsumer is IConsumer {
    function onInference(bytes32, bytes calldata) external pure {
        assembly ("memory-safe") {
            return(0, 200000)
        }
    }
}

/// @notice Tries every way back into the market.
contract ReentrantConsumer is IConsumer {
    InferenceMarket public immutable market;
    uint256 public attempts;
    uint256 public successes;

    constructor(InferenceMarket market_) {
        market = market_;
    }

    function onInference(bytes32 requestId, bytes calldata output) external {
        again(abi.encodeCall(market.deliver, (requestId, output)));
        again(abi.encodeCall(market.finalize, (requestId)));
        again(abi.encodeCall(market.cancel, (requestId)));
        again(abi.encodeCall(market.timeoutDelivery, (requestId)));
    }

    function again(bytes memory data) internal {
        ++attempts;
        (bool success, ) = address(market).call(data);
        if (success) ++successes;
    }
}

contract DeliveryTest is ProtocolTest {
    function finalized(address consumer, uint32 callbackGas) internal returns (bytes32 requestId) {
        RequestParams memory p = params();
        (p.consumer, p.callbackGas) = (consumer, callbackGas);
        vm.prank(REQUESTER);
        requestId = market.request(p);
        vm.startPrank(WORKER);
        market.claim(requestId, WORKER);
        market.commit(requestId, 1, outputOf(false));
        vm.stopPrank();
        vm.warp(block.timestamp + 61);
        market.finalize(requestId);
    }

    function deliverCall(bytes32 requestId) internal pure returns (bytes memory) {
        return abi.encodeCall(IInferenceMarket.deliver, (requestId, outputOf(false)));
    }

    function refuseDelivery(bytes32 requestId, bytes memory expected) internal {
        refuse(KEEPER, address(market), deliverCall(requestId), expected);
    }

    function isDelivered(bytes32 requestId) internal view returns (bool) {
        return market.getRequest(requestId).delivered;
    }

    // Guards

    function test_deliver_guards_reverts() public {
        (bytes32 requestId, ) = commitRequest();
        bytes4 selector = IInferenceMarket.WrongStatus.selector;
        refuseDelivery(
            requestId,
            abi.encodeWithSelector(selector, requestId, RequestStatus.Committed, RequestStatus.Finalized)
        );
        vm.warp(START + 61);
        market.finalize(requestId);
        refuseDelivery(
            requestId,
            abi.encodeWithSelector(IInferenceMarket.InvalidCallback.selector, 0, 0, 500_000)
        );

        requestId = finalized(address(new MeterConsumer()), 100_000);
        bytes memory wrong = outputOf(true);
        refuse(
            KEEPER,
            address(market),
            abi.encodeCall(market.deliver, (requestId, wrong)),
            abi.encodeWithSelector(
                IInferenceMarket.WrongRoot.selector,
                tileHash(wrong),
                tileHash(outputOf(false))
            )
        );
        market.deliver(requestId, outputOf(false));
        refuseDelivery(
            requestId,
            abi.encodeWithSelector(IInferenceMarket.AlreadyDelivered.selector, requestId)
        );
    }

    function test_deliver_output_arrives() public {
        MeterConsumer consumer = new MeterConsumer();
        bytes32 requestId = finalized(address(consumer), 200_000);
        vm.prank(KEEPER);
        market.deliver(requestId, outputOf(false));
        require(keccak256(consumer.output()) == keccak256(outputOf(false)), "output");
    }

    // Gas

    /// @notice Whatever gas the sender gives, the consumer gets all it was promised or nothing happens.
    function test_deliver_exactGas_I43() public {
        MeterConsumer consumer = new MeterConsumer();
        consumer.onInference(0, outputOf(false)); // its storage is warm and set from here on
        uint32[3] memory promises = [uint32(60_000), 200_000, 500_000];
        for (uint256 i = 0; i < promises.length; ++i) {
            uint32 promised = promises[i];
            bytes32 requestId = finalized(address(consumer), promised);
            uint256 least = _leastGas(requestId, promised);
            uint256 entry = consumer.gasAtEntry();
            require(entry < promised && entry + 1_000 > promised, "the promise was not kept");
            require(least < uint256(promised) + promised / 63 + 80_000, "the reserve is too large");
        }
    }

    /// @notice Delivers with the least gas that is accepted, found in steps of 500.
    function _leastGas(bytes32 requestId, uint256 promised) internal returns (uint256 given) {
        bytes memory data = deliverCall(requestId);
        for (given = promised; given < promised + 200_000; given += 500) {
            (bool success, ) = address(market).call{gas: given}(data);
            if (success) return given;
            require(!isDelivered(requestId), "a delivery that failed left a trace");
        }
        fail("never delivered");
    }

    function test_deliver_tooLittleGas_reverts_I43() public {
        bytes32 requestId = finalized(address(new MeterConsumer()), 500_000);
        (bool success, bytes memory reason) = address(market).call{gas: 400_000}(deliverCall(requestId));
        require(!success && bytes4(reason) == IInferenceMarket.InsufficientGas.selector, "error");
        uint256 required;
        assembly ("memory-safe") {
            required := mload(add(reason, 0x44))
        }
        equal(required, 500_000 + 7_936 + 10_000, "required");
    }

    // Hostile consumers

    function test_deliver_revertingConsumer_isDelivered_I43() public {
        bytes32 requestId = finalized(address(new RevertingConsumer()), 50_000);
        market.deliver(requestId, outputOf(false));
        require(isDelivered(requestId), "done");
        equal(account(WORKER).credit, FEE, "the worker has its fee");
    }

    function test_deliver_consumerWithoutCode_isDelivered_I43() public {
        bytes32 requestId = finalized(KEY, 50_000);
        market.deliver(requestId, outputOf(false));
        require(isDelivered(requestId), "done");
    }

    function test_deliver_returnBomb_costsNothing_I43() public {
        bytes32 requestId = finalized(address(new BombConsumer()), 500_000);
        uint256 before = gasleft();
        market.deliver(requestId, outputOf(false));
        require(before - gasleft() < 500_000 + 60_000, "the bomb was copied");
        require(isDelivered(requestId), "done");
    }

    function test_deliver_reentrantConsumer_changesNothing_I43() public {
        ReentrantConsumer consumer = new ReentrantConsumer(market);
        bytes32 requestId = finalized(address(consumer), 500_000);
        uint256 credit = account(WORKER).credit;
        market.deliver(requestId, outputOf(false));
        equal(consumer.attempts(), 4, "attempts");
        equal(consumer.successes(), 0, "successes");
        equal(account(WORKER).credit, credit, "paid once");
        require(market.getRequest(requestId).status == RequestStatus.Finalized, "final");
    }
}
