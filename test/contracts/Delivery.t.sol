// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InferenceMarket} from "../../contracts/InferenceMarket.sol";
import {IConsumer} from "../../contracts/interfaces/IConsumer.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {FinalityLevel, Request, RequestStatus} from "../../contracts/types/Market.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice Writes down how much gas it was given, and what it was told.
contract MeterConsumer is IConsumer {
    uint256 public gasAtEntry;
    uint256 public calls;
    bytes public output;
    FinalityLevel public level;
    RequestStatus public failure;
    bool public overturned;

    function onInference(bytes32, FinalityLevel level_, bytes calldata given) external virtual {
        gasAtEntry = gasleft();
        ++calls;
        (level, output) = (level_, given);
    }

    function onOverturned(bytes32) external virtual {
        gasAtEntry = gasleft();
        ++calls;
        overturned = true;
    }

    function onFailed(bytes32, RequestStatus status) external virtual {
        gasAtEntry = gasleft();
        ++calls;
        failure = status;
    }
}

/// @notice Reverts until it is told to behave.
contract MoodyConsumer is MeterConsumer {
    bool public calm;

    error Moody();

    function calmDown() external {
        calm = true;
    }

    function onInference(bytes32, FinalityLevel, bytes calldata) external override {
        require(calm, Moody());
        ++calls;
    }

    function onFailed(bytes32, RequestStatus) external override {
        require(calm, Moody());
        ++calls;
    }
}

/// @notice Returns as many bytes as its gas pays for.
contract BombConsumer is IConsumer {
    function onInference(bytes32, FinalityLevel, bytes calldata) external pure {
        _bomb();
    }

    function onOverturned(bytes32) external pure {
        _bomb();
    }

    function onFailed(bytes32, RequestStatus) external pure {
        _bomb();
    }

    function _bomb() private pure {
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
    bytes[] internal _ways;

    constructor(InferenceMarket market_) {
        market = market_;
    }

    function setWays(bytes[] calldata ways) external {
        for (uint256 i = 0; i < ways.length; ++i) _ways.push(ways[i]);
    }

    function onInference(bytes32, FinalityLevel, bytes calldata) external {
        _again();
    }

    function onOverturned(bytes32) external {
        _again();
    }

    function onFailed(bytes32, RequestStatus) external {
        _again();
    }

    function _again() internal {
        for (uint256 i = 0; i < _ways.length; ++i) {
            ++attempts;
            (bool success, ) = address(market).call(_ways[i]);
            if (success) ++successes;
        }
    }
}

contract DeliveryTest is MarketTest {
    uint8 internal constant DELIVERED = 1;
    uint8 internal constant FAILURE_DELIVERED = 2;

    function askedFor(
        address consumer,
        uint32 callbackGas,
        FinalityLevel level
    ) internal returns (Request memory asked) {
        asked = question();
        (asked.consumer, asked.callbackGas, asked.level) = (consumer, callbackGas, level);
        post(asked);
    }

    function committed(
        address consumer,
        uint32 callbackGas,
        FinalityLevel level
    ) internal returns (Request memory asked) {
        asked = askedFor(consumer, callbackGas, level);
        claim(asked);
        commit(asked, false);
    }

    function finalized(address consumer, uint32 callbackGas) internal returns (Request memory asked) {
        asked = committed(consumer, callbackGas, FinalityLevel.Final);
        vm.warp(block.timestamp + 61);
        market.finalize(asked);
    }

    function slashed(Request memory asked) internal {
        challenge(asked, false, CHALLENGER);
        bytes32 commitId = commitIdOf(asked, false);
        vm.prank(address(equivocation));
        market.slash(commitId, STRANGER);
    }

    function deliverCall(Request memory asked) internal pure returns (bytes memory) {
        return abi.encodeCall(IInferenceMarket.deliver, (asked, leafOf(false), outputOf(false)));
    }

    function deliver(Request memory asked) internal {
        vm.prank(KEEPER);
        market.deliver(asked, leafOf(false), outputOf(false));
    }

    function nothing(Request memory asked, RequestStatus given) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IInferenceMarket.NothingToDeliver.selector, idOf(asked), given);
    }

    function alreadyDelivered(Request memory asked) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IInferenceMarket.AlreadyDelivered.selector, idOf(asked));
    }

    function flags(Request memory asked) internal view returns (uint8) {
        return stateOf(asked).flags;
    }

    // Levels

    function test_deliver_final_waitsForFinality_I43() public {
        MeterConsumer consumer = new MeterConsumer();
        Request memory asked = committed(address(consumer), 200_000, FinalityLevel.Final);
        refuseMarket(KEEPER, deliverCall(asked), nothing(asked, RequestStatus.Committed));
        vm.warp(START + 61);
        refuseMarket(KEEPER, deliverCall(asked), nothing(asked, RequestStatus.Committed));
        market.finalize(asked);
        deliver(asked);
        require(keccak256(consumer.output()) == keccak256(outputOf(false)), "output");
        require(consumer.level() == FinalityLevel.Final, "level");
        refuseMarket(KEEPER, deliverCall(asked), alreadyDelivered(asked));
    }

    function test_deliver_provisional_atOnce() public {
        MeterConsumer consumer = new MeterConsumer();
        Request memory asked = committed(address(consumer), 200_000, FinalityLevel.Provisional);
        deliver(asked);
        require(consumer.level() == FinalityLevel.Provisional, "level");
        vm.warp(START + 61);
        market.finalize(asked);
        refuseMarket(KEEPER, deliverCall(asked), alreadyDelivered(asked));
        bytes memory failure = abi.encodeCall(market.deliverFailure, (asked));
        refuseMarket(KEEPER, failure, nothing(asked, RequestStatus.Finalized));
    }

    /// @notice What was asked for provisionally and comes late comes as what it is by then.
    function test_deliver_provisionalAfterFinality_isFinal() public {
        MeterConsumer consumer = new MeterConsumer();
        Request memory asked = committed(address(consumer), 200_000, FinalityLevel.Provisional);
        vm.warp(START + 61);
        market.finalize(asked);
        deliver(asked);
        require(consumer.level() == FinalityLevel.Final, "level");
    }

    // Guards

    function test_deliver_guards_reverts() public {
        (Request memory asked, ) = commitRequest();
        vm.warp(START + 61);
        market.finalize(asked);
        refuseMarket(KEEPER, deliverCall(asked), nothing(asked, RequestStatus.Finalized)); // no consumer

        asked = finalized(address(new MeterConsumer()), 100_000);
        bytes memory wrong = outputOf(true);
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.deliver, (asked, leafOf(false), wrong)),
            abi.encodeWithSelector(
                IInferenceMarket.WrongRoot.selector,
                tileHash(wrong),
                tileHash(outputOf(false))
            )
        );
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.deliver, (asked, leafOf(true), wrong)),
            abi.encodeWithSelector(IInferenceMarket.NotInBatch.selector, commitIdOf(asked, true), 2)
        );
        asked = question();
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.deliverFailure, (asked)),
            nothing(asked, RequestStatus.None)
        );
    }

    // Failures

    function test_deliverFailure_everyEnd() public {
        MeterConsumer consumer = new MeterConsumer();
        Request memory cancelled = askedFor(address(consumer), 100_000, FinalityLevel.Final);
        Request memory expired = askedFor(address(consumer), 100_000, FinalityLevel.Final);
        Request memory refunded = askedFor(address(consumer), 100_000, FinalityLevel.Final);
        Request memory wrong = committed(address(consumer), 100_000, FinalityLevel.Final);
        claim(refunded);
        slashed(wrong);
        vm.prank(REQUESTER);
        market.cancel(cancelled);
        vm.warp(START + 61);
        market.expire(expired);
        market.timeoutDelivery(refunded);

        fails(consumer, cancelled, RequestStatus.Cancelled);
        fails(consumer, expired, RequestStatus.Expired);
        fails(consumer, refunded, RequestStatus.Refunded);
        fails(consumer, wrong, RequestStatus.Slashed);
        require(!consumer.overturned(), "nothing was delivered");
    }

    function fails(MeterConsumer consumer, Request memory asked, RequestStatus expected) internal {
        vm.prank(KEEPER);
        market.deliverFailure(asked);
        require(consumer.failure() == expected, "status");
        refuseMarket(KEEPER, abi.encodeCall(market.deliverFailure, (asked)), alreadyDelivered(asked));
    }

    function test_deliverFailure_afterProvisional_overturns() public {
        MeterConsumer consumer = new MeterConsumer();
        Request memory asked = committed(address(consumer), 200_000, FinalityLevel.Provisional);
        deliver(asked);
        bytes memory data = abi.encodeCall(market.deliverFailure, (asked));
        refuseMarket(KEEPER, data, nothing(asked, RequestStatus.Committed));
        slashed(asked);
        vm.prank(KEEPER);
        market.deliverFailure(asked);
        require(consumer.overturned() && consumer.failure() == RequestStatus.None, "overturned");
        refuseMarket(KEEPER, data, alreadyDelivered(asked));
        refuseMarket(KEEPER, deliverCall(asked), nothing(asked, RequestStatus.Slashed));
    }

    // Gas

    /// @notice Whatever gas the sender gives, the consumer gets all it was promised or nothing happens.
    function test_deliver_exactGas_I43() public {
        MeterConsumer consumer = new MeterConsumer();
        consumer.onInference(0, FinalityLevel.Final, outputOf(false)); // its storage is set from here on
        uint32[3] memory promises = [uint32(60_000), 200_000, 500_000];
        for (uint256 i = 0; i < promises.length; ++i) {
            uint32 promised = promises[i];
            Request memory asked = finalized(address(consumer), promised);
            uint256 least = _leastGas(deliverCall(asked), asked, promised);
            uint256 entry = consumer.gasAtEntry();
            require(entry < promised && entry + 1_000 > promised, "the promise was not kept");
            require(least < uint256(promised) + promised / 63 + 100_000, "the reserve is too large");
        }
    }

    function test_deliverFailure_exactGas_I43() public {
        MeterConsumer consumer = new MeterConsumer();
        Request memory asked = askedFor(address(consumer), 100_000, FinalityLevel.Final);
        vm.prank(REQUESTER);
        market.cancel(asked);
        _leastGas(abi.encodeCall(market.deliverFailure, (asked)), asked, 100_000);
        uint256 entry = consumer.gasAtEntry();
        require(entry < 100_000 && entry + 1_000 > 100_000, "the promise was not kept");
    }

    /// @notice Calls with the least gas that is accepted, found in steps of 500.
    function _leastGas(
        bytes memory data,
        Request memory asked,
        uint256 promised
    ) internal returns (uint256 given) {
        for (given = promised; given < promised + 200_000; given += 500) {
            (bool success, ) = address(market).call{gas: given}(data);
            if (success) return given;
            require(flags(asked) == 0, "a delivery that failed left a trace");
        }
        fail("never delivered");
    }

    function test_deliver_tooLittleGas_reverts_I43() public {
        Request memory asked = finalized(address(new MeterConsumer()), 500_000);
        (bool success, bytes memory reason) = address(market).call{gas: 400_000}(deliverCall(asked));
        require(!success && bytes4(reason) == IInferenceMarket.InsufficientGas.selector, "error");
        uint256 required;
        assembly ("memory-safe") {
            required := mload(add(reason, 0x44))
        }
        equal(required, 500_000 + 7_936 + 10_000, "required");
    }

    // Hostile consumers

    /// @notice A call that failed may be made again by anyone, until it succeeds.
    function test_deliver_revertingConsumer_mayBeTriedAgain_I43() public {
        MoodyConsumer consumer = new MoodyConsumer();
        Request memory asked = finalized(address(consumer), 50_000);
        equal(credit(WORKER), FEE, "the worker has its fee");
        deliver(asked);
        require(flags(asked) == 0 && consumer.calls() == 0, "not delivered");
        consumer.calmDown();
        vm.prank(STRANGER);
        market.deliver(asked, leafOf(false), outputOf(false));
        require(flags(asked) == DELIVERED && consumer.calls() == 1, "delivered");
        refuseMarket(KEEPER, deliverCall(asked), alreadyDelivered(asked));
    }

    function test_deliverFailure_revertingConsumer_mayBeTriedAgain_I43() public {
        MoodyConsumer consumer = new MoodyConsumer();
        Request memory asked = askedFor(address(consumer), 50_000, FinalityLevel.Final);
        vm.prank(REQUESTER);
        market.cancel(asked);
        market.deliverFailure(asked);
        require(flags(asked) == 0, "not delivered");
        consumer.calmDown();
        market.deliverFailure(asked);
        require(flags(asked) == FAILURE_DELIVERED && consumer.calls() == 1, "delivered");
    }

    function test_deliver_consumerWithoutCode_isDelivered_I43() public {
        Request memory asked = finalized(KEY, 50_000);
        deliver(asked);
        require(flags(asked) == DELIVERED, "done");
    }

    function test_deliver_returnBomb_costsNothing_I43() public {
        Request memory asked = finalized(address(new BombConsumer()), 500_000);
        uint256 before = gasleft();
        market.deliver(asked, leafOf(false), outputOf(false));
        require(before - gasleft() < 500_000 + 80_000, "the bomb was copied");
        require(flags(asked) == DELIVERED, "done");
    }

    function test_deliver_reentrantConsumer_changesNothing_I43() public {
        ReentrantConsumer consumer = new ReentrantConsumer(market);
        Request memory asked = finalized(address(consumer), 500_000);
        bytes[] memory ways = new bytes[](5);
        ways[0] = deliverCall(asked);
        ways[1] = abi.encodeCall(market.finalize, (asked));
        ways[2] = abi.encodeCall(market.cancel, (asked));
        ways[3] = abi.encodeCall(market.timeoutDelivery, (asked));
        ways[4] = abi.encodeCall(market.deliverFailure, (asked));
        consumer.setWays(ways);
        uint256 credited = credit(WORKER);
        deliver(asked);
        equal(consumer.attempts(), 5, "attempts");
        equal(consumer.successes(), 0, "successes");
        equal(credit(WORKER), credited, "paid once");
        require(status(asked) == RequestStatus.Finalized && flags(asked) == DELIVERED, "final");
    }

    /// @notice A consumer may finalize its own request while it is told of it: nothing is undone afterwards.
    function test_deliver_consumerFinalizesItsOwn_isKept_I24() public {
        ReentrantConsumer consumer = new ReentrantConsumer(market);
        Request memory asked = committed(address(consumer), 500_000, FinalityLevel.Provisional);
        bytes[] memory ways = new bytes[](1);
        ways[0] = abi.encodeCall(market.finalize, (asked));
        consumer.setWays(ways);
        vm.warp(START + 61);
        deliver(asked);
        equal(consumer.successes(), 1, "finalized");
        require(status(asked) == RequestStatus.Finalized && flags(asked) == DELIVERED, "kept");
        equal(credit(WORKER), FEE, "paid once");
    }
}
