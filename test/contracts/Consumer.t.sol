// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Consumer} from "../../contracts/consumer/Consumer.sol";
import {IConsumer} from "../../contracts/interfaces/IConsumer.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IStakeVault} from "../../contracts/interfaces/IStakeVault.sol";
import {MockInferenceMarket} from "../../contracts/mocks/MockInferenceMarket.sol";
import {FinalityLevel, Request, RequestStatus} from "../../contracts/types/Market.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice The least a consumer can be.
contract Oracle is Consumer {
    mapping(bytes32 requestId => bytes) public answers;

    constructor(IInferenceMarket market, IStakeVault vault) Consumer(market, vault) {}

    function ask(bytes32 programId, bytes calldata input, uint96 fee) external returns (bytes32) {
        return _request(programId, input, fee, 1, 200_000);
    }

    function askProvisionally(
        bytes32 programId,
        bytes calldata input,
        uint96 fee
    ) external returns (bytes32) {
        return _requestAt(FinalityLevel.Provisional, programId, input, fee, 1, 200_000);
    }

    function cancel(Request calldata asked) external {
        _cancel(asked);
    }

    function refund(address to) external returns (uint256) {
        return _claimCredit(to);
    }

    function _fulfil(bytes32 requestId, FinalityLevel, bytes calldata output) internal override {
        answers[requestId] = output;
    }
}

/// @notice A consumer that listens to bad news too.
contract CarefulOracle is Oracle {
    mapping(bytes32 requestId => RequestStatus) public failures;

    constructor(IInferenceMarket market, IStakeVault vault) Oracle(market, vault) {}

    function _overturned(bytes32 requestId) internal override {
        delete answers[requestId];
    }

    function _failed(bytes32 requestId, RequestStatus status) internal override {
        failures[requestId] = status;
    }
}

/// @notice The same consumer on the real network and on the mock that consumers test with.
contract ConsumerTest is MarketTest {
    CarefulOracle internal oracle;
    MockInferenceMarket internal mock;
    CarefulOracle internal mocked;

    function setUp() public override {
        super.setUp();
        oracle = new CarefulOracle(market, vault);
        mock = new MockInferenceMarket(address(token));
        mocked = new CarefulOracle(IInferenceMarket(address(mock)), IStakeVault(address(mock)));
        token.mint(address(oracle), 10 * FEE);
        token.mint(address(mocked), 10 * FEE);
    }

    function ask(Oracle who) internal returns (bytes32) {
        return who.ask(programId, INPUT, FEE);
    }

    function askProvisionally(Oracle who) internal returns (bytes32) {
        return who.askProvisionally(programId, INPUT, FEE);
    }

    /// @notice What a consumer asks with its first request.
    function firstOf(Oracle who, FinalityLevel level) internal view returns (Request memory asked) {
        asked = questionOf(1);
        (asked.requester, asked.consumer, asked.level) = (address(who), address(who), level);
        asked.callbackGas = 200_000;
    }

    function answered(Request memory asked) internal {
        claim(asked);
        commit(asked, false);
    }

    function deliver(Request memory asked) internal {
        market.deliver(asked, leafOf(false), outputOf(false));
    }

    function known(Oracle who, bytes32 requestId, bytes memory answer) internal view returns (bool) {
        return keccak256(who.answers(requestId)) == keccak256(answer);
    }

    // On the network

    function test_request_toFulfilment_succeeds() public {
        bytes32 requestId = ask(oracle);
        Request memory asked = firstOf(oracle, FinalityLevel.Final);
        require(requestId == idOf(asked), "what the base asked");
        equal(token.balanceOf(address(oracle)), 9 * FEE, "paid");
        answered(asked);
        vm.warp(START + 61);
        market.finalize(asked);
        deliver(asked);
        require(known(oracle, requestId, outputOf(false)), "answer");
        require(ask(oracle) != requestId, "another salt");
    }

    function test_request_provisional_isOverturned() public {
        bytes32 requestId = askProvisionally(oracle);
        Request memory asked = firstOf(oracle, FinalityLevel.Provisional);
        answered(asked);
        deliver(asked);
        require(known(oracle, requestId, outputOf(false)), "provisional answer");
        challenge(asked, false, CHALLENGER);
        bytes32 commitId = commitIdOf(asked, false);
        vm.prank(address(equivocation));
        market.slash(commitId, STRANGER);
        market.deliverFailure(asked);
        require(known(oracle, requestId, ""), "undone");
        equal(oracle.refund(STRANGER), FEE, "refund");
    }

    function test_overturned_notHandled_reverts() public {
        Oracle careless = new Oracle(market, vault);
        token.mint(address(careless), FEE);
        bytes32 requestId = askProvisionally(careless);
        vm.prank(address(market));
        careless.onInference(requestId, FinalityLevel.Provisional, "answer");
        refuse(
            address(market),
            address(careless),
            abi.encodeCall(careless.onOverturned, (requestId)),
            abi.encodeWithSelector(Consumer.OverturnNotHandled.selector, requestId)
        );
    }

    function test_failed_default_isTaken() public {
        Oracle careless = new Oracle(market, vault);
        token.mint(address(careless), FEE);
        ask(careless);
        Request memory asked = firstOf(careless, FinalityLevel.Final);
        vm.warp(START + 51);
        market.expire(asked);
        market.deliverFailure(asked);
        equal(stateOf(asked).flags, 2, "taken");
        equal(careless.refund(STRANGER), FEE, "refund");
    }

    function test_cancel_returnsTheFee() public {
        bytes32 requestId = ask(oracle);
        Request memory asked = firstOf(oracle, FinalityLevel.Final);
        oracle.cancel(asked);
        equal(oracle.refund(STRANGER), FEE, "refund");
        equal(token.balanceOf(STRANGER), uint256(WEALTH) + FEE, "where it was sent");
        refuse(
            address(market),
            address(oracle),
            abi.encodeCall(oracle.onFailed, (requestId, RequestStatus.Cancelled)),
            abi.encodeWithSelector(IConsumer.UnknownRequest.selector, requestId)
        );
    }

    function test_hooks_byStranger_reverts() public {
        bytes32 requestId = ask(oracle);
        bytes memory expected = abi.encodeWithSelector(IConsumer.NotInferenceMarket.selector, STRANGER);
        refuse(
            STRANGER,
            address(oracle),
            abi.encodeCall(oracle.onInference, (requestId, FinalityLevel.Final, "lie")),
            expected
        );
        refuse(STRANGER, address(oracle), abi.encodeCall(oracle.onOverturned, (requestId)), expected);
        refuse(
            STRANGER,
            address(oracle),
            abi.encodeCall(oracle.onFailed, (requestId, RequestStatus.Expired)),
            expected
        );
    }

    function test_onInference_requestOfAnother_isIgnored() public {
        Request memory asked = question();
        (asked.consumer, asked.callbackGas) = (address(oracle), 200_000);
        post(asked);
        answered(asked);
        vm.warp(START + 61);
        market.finalize(asked);
        deliver(asked);
        equal(stateOf(asked).flags, 0, "not taken");
        equal(oracle.answers(idOf(asked)).length, 0, "no answer");
    }

    /// @notice Hooks come in an order that makes sense, each once.
    function test_hooks_outOfOrder_reverts() public {
        bytes32 requestId = ask(oracle);
        bytes memory unknown = abi.encodeWithSelector(IConsumer.UnknownRequest.selector, requestId);
        bytes memory overturn = abi.encodeCall(oracle.onOverturned, (requestId));
        refuse(address(market), address(oracle), overturn, unknown);
        vm.prank(address(market));
        oracle.onInference(requestId, FinalityLevel.Final, "answer");
        refuse(address(market), address(oracle), overturn, unknown); // a final result stands
        refuse(
            address(market),
            address(oracle),
            abi.encodeCall(oracle.onFailed, (requestId, RequestStatus.Slashed)),
            unknown
        );
        refuse(
            address(market),
            address(oracle),
            abi.encodeCall(oracle.onInference, (requestId, FinalityLevel.Final, "again")),
            unknown
        );
    }

    // The mock behaves as the network does

    function mockRefuses(bytes memory data, bytes memory expected) internal {
        refuse(KEEPER, address(mock), data, expected);
    }

    function mockStatus(
        bytes32 requestId,
        RequestStatus given,
        RequestStatus required
    ) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(MockInferenceMarket.WrongStatus.selector, requestId, given, required);
    }

    function test_mock_fulfil_succeeds() public {
        bytes32 requestId = ask(mocked);
        require(mock.fulfil(requestId, "answer"), "taken");
        require(known(mocked, requestId, "answer"), "answer");
        require(mock.requestState(requestId).status == RequestStatus.Finalized, "final");
        mockRefuses(
            abi.encodeCall(mock.fulfil, (requestId, "again")),
            mockStatus(requestId, RequestStatus.Finalized, RequestStatus.Open)
        );
        mockRefuses(
            abi.encodeCall(mock.overturn, (requestId)),
            mockStatus(requestId, RequestStatus.Finalized, RequestStatus.Committed)
        );
    }

    function test_mock_provisional_finalizesOrIsOverturned() public {
        bytes32 right = askProvisionally(mocked);
        bytes32 wrong = askProvisionally(mocked);
        require(mock.fulfil(right, "right") && mock.fulfil(wrong, "wrong"), "taken");
        mock.finalize(right);
        require(mock.overturn(wrong), "told");
        require(known(mocked, right, "right") && known(mocked, wrong, ""), "answers");
        equal(mocked.refund(address(mocked)), FEE, "the fee of the wrong one");
    }

    function test_mock_endsWithoutResult_refunds() public {
        bytes32 failed = ask(mocked);
        bytes32 late = ask(mocked);
        require(mock.fail(failed) && mock.timeOut(late), "told");
        require(mocked.failures(failed) == RequestStatus.Slashed, "slashed");
        require(mocked.failures(late) == RequestStatus.Expired, "expired");
        ask(mocked);
        Request memory asked = firstOf(mocked, FinalityLevel.Final);
        asked.salt = 3;
        mocked.cancel(asked);
        require(mock.purchase(mock.requestIdOf(asked)).status == RequestStatus.Cancelled, "cancelled");
        equal(mocked.refund(address(mocked)), 3 * FEE, "refunds");
        equal(token.balanceOf(address(mocked)), 10 * FEE, "all back");
    }

    function test_mock_request_guards() public {
        Request memory asked = question();
        asked.requester = STRANGER;
        bytes memory data = abi.encodeCall(mock.request, (asked, INPUT));
        mockRefuses(
            data,
            abi.encodeWithSelector(MockInferenceMarket.NotAuthorized.selector, KEEPER, STRANGER)
        );
        mockRefuses(
            abi.encodeCall(mock.cancel, (asked)),
            abi.encodeWithSelector(MockInferenceMarket.NotAuthorized.selector, KEEPER, STRANGER)
        );
        bytes memory wrong = abi.encodeCall(mock.request, (asked, "12345679"));
        refuse(
            STRANGER,
            address(mock),
            wrong,
            abi.encodeWithSelector(
                MockInferenceMarket.WrongRoot.selector,
                tileHash("12345679"),
                asked.inputRoot
            )
        );
        vm.startPrank(STRANGER);
        token.approve(address(mock), FEE);
        bytes32 requestId = mock.request(asked, INPUT);
        vm.stopPrank();
        refuse(
            STRANGER,
            address(mock),
            data,
            abi.encodeWithSelector(MockInferenceMarket.RequestExists.selector, requestId)
        );
        require(!mock.fulfil(requestId, "nobody is called"), "no consumer");
    }

    function test_mock_hungryConsumer_mayBeTriedAgain() public {
        Request memory asked = question();
        asked.requester = STRANGER;
        (asked.consumer, asked.callbackGas) = (address(mocked), 1_000);
        vm.startPrank(STRANGER);
        token.approve(address(mock), FEE);
        bytes32 requestId = mock.request(asked, INPUT);
        vm.stopPrank();
        require(!mock.fulfil(requestId, "answer"), "out of gas");
        require(!mock.fulfil(requestId, "answer"), "again");
    }
}
