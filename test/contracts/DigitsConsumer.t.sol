// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConsumer} from "@assay/contracts/interfaces/IConsumer.sol";
import {IInferenceMarket} from "@assay/contracts/interfaces/IInferenceMarket.sol";
import {IStakeVault} from "@assay/contracts/interfaces/IStakeVault.sol";
import {AssayToken} from "@assay/contracts/mocks/AssayToken.sol";
import {MockInferenceMarket} from "@assay/contracts/mocks/MockInferenceMarket.sol";
import {FinalityLevel} from "@assay/contracts/types/Market.sol";
import {DigitsConsumer} from "../../examples/consumer/DigitsConsumer.sol";
import {vm} from "./support/Vm.sol";

/// @notice How an application tests its consumer: the mock plays the network.
contract DigitsConsumerTest {
    address internal constant STRANGER = address(0xBEEF);
    uint256 internal constant FEE = 0.01 ether;

    AssayToken internal token;
    MockInferenceMarket internal market;
    DigitsConsumer internal consumer;

    function setUp() public {
        token = new AssayToken();
        market = new MockInferenceMarket(address(token));
        IStakeVault vault = IStakeVault(address(market));
        consumer = new DigitsConsumer(IInferenceMarket(address(market)), vault, keccak256("digits"));
        token.mint(address(consumer), 1 ether);
    }

    function test_readDigit_fulfilled_succeeds() public {
        bytes32 requestId = consumer.readDigit(new bytes(64));
        require(token.balanceOf(address(consumer)) == 1 ether - FEE, "fee not paid");

        require(market.fulfil(requestId, output(7)), "not delivered");
        (bool known, uint8 digit) = consumer.readings(requestId);
        require(known && digit == 7, "digit not read");
    }

    function test_readDigit_slashed_reclaimsFee() public {
        bytes32 requestId = consumer.readDigit(new bytes(64));
        require(market.fail(requestId), "not told");
        require(consumer.reclaimFees() == FEE, "fee not reclaimed");
        require(token.balanceOf(address(consumer)) == 1 ether, "fee lost");
        (bool known, ) = consumer.readings(requestId);
        require(!known, "digit known without a result");
    }

    function test_readDigit_expired_reclaimsFee() public {
        market.timeOut(consumer.readDigit(new bytes(64)));
        require(consumer.reclaimFees() == FEE, "fee not reclaimed");
    }

    function test_readDigit_byStranger_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(DigitsConsumer.NotOwner.selector, STRANGER));
        vm.prank(STRANGER);
        consumer.readDigit(new bytes(64));
    }

    function test_onInference_byStranger_reverts() public {
        bytes32 requestId = consumer.readDigit(new bytes(64));
        vm.expectRevert(abi.encodeWithSelector(IConsumer.NotInferenceMarket.selector, STRANGER));
        vm.prank(STRANGER);
        consumer.onInference(requestId, FinalityLevel.Final, output(7));
    }

    function test_fulfil_tooShortOutput_isNotDelivered() public {
        bytes32 requestId = consumer.readDigit(new bytes(64));
        require(!market.fulfil(requestId, new bytes(40)), "delivered");
    }

    function output(uint8 digit) internal pure returns (bytes memory result) {
        result = new bytes(48);
        result[40] = bytes1(digit);
    }
}
