// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Consumer} from "@assay/contracts/consumer/Consumer.sol";
import {IInferenceMarket} from "@assay/contracts/interfaces/IInferenceMarket.sol";
import {IStakeVault} from "@assay/contracts/interfaces/IStakeVault.sol";
import {FinalityLevel} from "@assay/contracts/types/Market.sol";

/// @title Reads handwritten digits: its owner sends an image, and the digit arrives on-chain once it is final.
/// @notice Fees are paid from the tokens that this contract holds; send it some.
contract DigitsConsumer is Consumer {
    uint96 internal constant FEE = 0.01 ether;
    uint16 internal constant VERSION = 1;
    uint32 internal constant CALLBACK_GAS = 100_000;

    /// @notice Where the program's output holds the digit: ten scores of 4 bytes come first.
    uint256 internal constant DIGIT_OFFSET = 40;

    bytes32 public immutable PROGRAM_ID;
    address public immutable OWNER;

    struct Reading {
        bool known;
        uint8 digit;
    }

    /// @notice Thrown when another than the owner spends this contract's tokens.
    error NotOwner(address caller);

    mapping(bytes32 requestId => Reading) public readings;

    event DigitRead(bytes32 indexed requestId, uint8 digit);

    constructor(IInferenceMarket market, IStakeVault vault, bytes32 programId) Consumer(market, vault) {
        PROGRAM_ID = programId;
        OWNER = msg.sender;
    }

    /// @notice Asks for the digit in an image.
    /// @param image 64 pixels as the program takes them; `encodeInput` of the SDK makes them.
    function readDigit(bytes calldata image) external returns (bytes32 requestId) {
        require(msg.sender == OWNER, NotOwner(msg.sender));
        return _request(PROGRAM_ID, image, FEE, VERSION, CALLBACK_GAS);
    }

    /// @notice Takes back the fees of requests that nobody answered, or that were answered wrongly. Anyone may call.
    function reclaimFees() external returns (uint256 amount) {
        return _claimCredit(address(this));
    }

    function _fulfil(bytes32 requestId, FinalityLevel, bytes calldata output) internal override {
        uint8 digit = uint8(output[DIGIT_OFFSET]);
        readings[requestId] = Reading({known: true, digit: digit});
        emit DigitRead(requestId, digit);
    }
}
